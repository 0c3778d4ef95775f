import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the server saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly token: string | undefined;
  readonly body: unknown;
}

type Answer = (response: ServerResponse, seen: SeenRequest, request: IncomingMessage) => void;

/** A local HTTP server that answers as a test tells it and remembers what it was asked. */
export class TinyGraph {
  readonly seen: SeenRequest[] = [];
  private answer: Answer = (response) => response.end('{}');
  private readonly server = createServer((request, response) => {
    void this.receive(request, response);
  });

  static async start(): Promise<TinyGraph> {
    const graph = new TinyGraph();
    await new Promise<void>((resolve) => graph.server.listen(0, '127.0.0.1', resolve));
    return graph;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  answerWith(answer: Answer): void {
    this.seen.length = 0;
    this.answer = answer;
  }

  answerJson(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): void {
    this.answerWith((response) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  }

  /** One answer after another; the last one stays. */
  answerInTurn(...bodies: readonly unknown[]): void {
    let next = 0;
    this.answerWith((response) => {
      const body = bodies[Math.min(next++, bodies.length - 1)];
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const text = Buffer.concat(chunks).toString('utf8');
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: pathname,
      query: searchParams,
      token: request.headers.authorization?.replace('Bearer ', ''),
      body: text === '' ? undefined : JSON.parse(text),
    };
    this.seen.push(seen);
    this.answer(response, seen, request);
  }
}
