import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JournalSend } from '../../checker/evidence/load-journal';
import type { WebhookAttempt } from '../../checker/evidence/load-webhooks';

/** Short pages, so that a list of the tests has several. */
const PAGE_ROWS = 50;

/** What a simulator would tell of a run; a test changes it at will. */
export interface Records {
  sends: JournalSend[];
  webhooks: WebhookAttempt[];
}

/** Answers for the simulator: two lists over HTTP. */
export class FakeSimulator {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(records: Readonly<Records>): Promise<FakeSimulator> {
    const server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
      const rows = records[pathname.replace('/__sim/', '') as keyof Records];
      const from = Number(searchParams.get('cursor') ?? 0);
      const nextCursor = from + PAGE_ROWS < rows.length ? String(from + PAGE_ROWS) : null;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ data: rows.slice(from, from + PAGE_ROWS), nextCursor }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeSimulator(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
