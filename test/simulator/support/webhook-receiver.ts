import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WireBody, WireEvent } from './wire';

export interface Delivery {
  readonly raw: Buffer;
  readonly signature: string | undefined;
  readonly body: WireBody;
}

/** An app's webhook address: echoes the challenge, keeps every request, answers as it is told. */
export class WebhookReceiver {
  readonly deliveries: Delivery[] = [];
  readonly challenges: URLSearchParams[] = [];
  /** Status of the next answers, 200 after that; 0 = it never answers. */
  nextStatuses: number[] = [];
  /** What it answers to a challenge; by default the challenge. */
  challengeAnswer: string | undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer();
    const receiver = new WebhookReceiver(server);
    server.on('request', (request, response) => {
      const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
      if (request.method === 'GET') {
        receiver.challenges.push(query);
        response.end(receiver.challengeAnswer ?? query.get('hub.challenge') ?? '');
        return;
      }
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const raw = Buffer.concat(chunks);
        const signature = request.headers['x-hub-signature-256'] as string | undefined;
        receiver.deliveries.push({ raw, signature, body: JSON.parse(raw.toString()) as WireBody });
        const status = receiver.nextStatuses.shift() ?? 200;
        if (status === 0) return;
        response.statusCode = status;
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  /** Every event received so far: the inner objects, in the order in which they came. */
  get events(): WireEvent[] {
    return this.deliveries.flatMap(({ body }) =>
      body.entry.flatMap(({ messaging = [], changes = [] }) => [
        ...messaging,
        ...changes.map((change) => change.value ?? change),
      ]),
    );
  }

  /** Events of one marketing field. */
  ofField(field: string): WireEvent[] {
    return this.events.filter((event) => event.field === field);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }
}
