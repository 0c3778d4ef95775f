import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { serveControl } from '../control/serve';
import { serveGraph } from '../graph/serve';
import type { World } from '../model/world';
import { jsonAnswer, type HttpAnswer, type HttpRequest } from './http';

const CONTROL_PREFIX = '/__sim';
const MOST_BYTES = 8 * 1024 * 1024;

/** Longer than any client keeps an idle connection, so that it is never the server who closes one under a request. */
const KEEP_ALIVE_MS = 120_000;

/** The one HTTP server: the Graph API, and the control API below its own prefix. */
export function createHttpServer(world: World): Server {
  const server = createServer((message, response) => {
    void serve(world, message, response);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS + 5_000;
  return server;
}

async function serve(world: World, message: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const request = await readRequest(message);
    const answer = await answerOf(world, request);
    world.journal.afterFlush(() => {
      write(response, answer);
    });
  } catch (error) {
    process.stderr.write(`${JSON.stringify({ level: 'error', error: String((error as Error).stack) })}\n`);
    write(response, jsonAnswer(500, { error: { message: 'The simulator failed.', type: 'OAuthException', code: 1 } }));
  }
}

async function answerOf(world: World, request: HttpRequest | undefined): Promise<HttpAnswer> {
  if (!request)
    return jsonAnswer(413, { error: { message: 'The body is too large.', type: 'OAuthException', code: 1 } });
  const isControl = request.path === CONTROL_PREFIX || request.path.startsWith(`${CONTROL_PREFIX}/`);
  return isControl ? await serveControl(world, request) : await serveGraph(world, request);
}

function write(response: ServerResponse, answer: HttpAnswer): void {
  if (answer.isDropped) {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  response.end(answer.body);
}

/** Reads a request to its end; undefined when it is too large. */
function readRequest(message: IncomingMessage): Promise<HttpRequest | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    message.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MOST_BYTES) chunks.push(chunk);
    });
    message.on('error', reject);
    message.on('end', () => {
      resolve(bytes > MOST_BYTES ? undefined : requestOf(message, chunks));
    });
  });
}

function requestOf(message: IncomingMessage, chunks: readonly Buffer[]): HttpRequest {
  const url = message.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: message.method ?? 'GET',
    path: decodePath(mark < 0 ? url : url.slice(0, mark)),
    query: mark < 0 ? undefined : new URLSearchParams(url.slice(mark + 1)),
    headers: message.headers,
    body: Buffer.concat(chunks),
    remoteAddress: message.socket.remoteAddress ?? '',
  };
}

function decodePath(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
