import type { Json } from './wire';
import { Agent, request as httpRequest } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body read as JSON; an empty object when it is none. */
  readonly json: Json;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** A request by hand: no client of ours stands between a test and the simulator. */
export function call(
  method: string,
  url: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const sent = httpRequest(
      url,
      { method, agent, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const received = Buffer.concat(chunks).toString();
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: received,
            json: parse(received),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(text);
  });
}

/** Closes connections that are kept open between calls. */
export function closeConnections(): void {
  agent.destroy();
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {} as Json;
  }
}
