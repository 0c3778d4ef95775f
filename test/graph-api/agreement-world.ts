import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startSimulator } from '../../simulator/simulator';
import type { Simulator } from '../../simulator/simulator';
import { GraphClient } from '../../src/graph-api/graph-client';
import type { GraphResult } from '../../src/graph-api/graph-result';
import { isSignedByMeta } from '../../src/security/meta-signature';
import type { MetaEvent } from '../../src/webhooks/meta/meta-event';
import { parseMetaWebhook } from '../../src/webhooks/meta/parse-webhook';

export interface SimulatedPage {
  readonly metaPageId: string;
  readonly pageToken: string;
  readonly adAccountId: string;
  readonly systemUserToken: string;
}

export interface SimulatedPerson {
  readonly id: string;
  readonly psid: string;
  readonly token: string;
}

interface SimulatedApp {
  readonly id: string;
  readonly secret: string;
  readonly verifyToken: string;
}

/** The value of a call that must have gone well. */
export function valueOf<T>(result: GraphResult<T>): T {
  if (result.kind !== 'ok') throw new Error(`The call was ${JSON.stringify(result)}.`);
  return result.value;
}

/** The code of a call that must have been refused. */
export function codeOf(result: GraphResult<unknown>): string {
  if (result.kind !== 'refused') throw new Error(`The call was ${JSON.stringify(result)}.`);
  const { code, subcode } = result.error;
  return subcode === undefined ? String(code) : `${code}/${subcode}`;
}

/** A simulator of its own, our client in front of it, and a listener that takes only webhooks signed as ours are. */
export class AgreementWorld {
  readonly events: MetaEvent[] = [];
  readonly client: GraphClient;
  unsigned = 0;
  private readonly listener = createServer((request, response) => {
    void this.listen(request, response);
  });

  private constructor(
    readonly simulator: Simulator,
    private readonly dataDir: string,
    readonly app: SimulatedApp,
  ) {
    this.client = new GraphClient({ url: simulator.url, version: 'v25.0', appSecret: app.secret });
  }

  static async open(): Promise<AgreementWorld> {
    const dataDir = mkdtempSync(join(tmpdir(), 'herald-agreement-'));
    const options = { dataDir, host: '127.0.0.1', port: 0, profile: 'happy', seed: 1 } as const;
    const simulator = await startSimulator(options);
    const app = await control<SimulatedApp>(simulator.url, 'POST', 'apps', {});
    const world = new AgreementWorld(simulator, dataDir, app);
    await new Promise<void>((resolve) => world.listener.listen(0, '127.0.0.1', resolve));
    const { port } = world.listener.address() as AddressInfo;
    await world.control('POST', 'apps', { id: app.id, webhookUrl: `http://127.0.0.1:${port}/webhooks/meta` });
    await world.control('POST', 'clock', { now: '2026-11-02T08:00:00Z', frozen: true });
    return world;
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.simulator.close();
    this.listener.closeAllConnections();
    await new Promise((resolve) => this.listener.close(resolve));
    rmSync(this.dataDir, { recursive: true });
  }

  control<T = unknown>(method: string, path: string, body?: object): Promise<T> {
    return control<T>(this.simulator.url, method, path, body);
  }

  async page(): Promise<SimulatedPage> {
    const order = { name: 'Shop', country: 'TH', currency: 'THB', timeZone: 'Asia/Bangkok' };
    const { id, ...page } = await this.control<SimulatedPage & { id: string }>('POST', 'pages', order);
    return { ...page, metaPageId: id };
  }

  async people(page: SimulatedPage, order: object): Promise<readonly SimulatedPerson[]> {
    const path = 'people';
    const { data } = await this.control<{ data: SimulatedPerson[] }>('POST', path, {
      pageId: page.metaPageId,
      ...order,
    });
    return data;
  }

  async person(page: SimulatedPage, order: object): Promise<SimulatedPerson> {
    const [person] = await this.people(page, order);
    if (person === undefined) throw new Error('Nobody was created.');
    return person;
  }

  act(person: SimulatedPerson, action: string, words: object = {}): Promise<unknown> {
    return this.control('POST', `people/${person.id}/${action}`, words);
  }

  /** A campaign that takes sends at once. */
  async readyCampaign(page: SimulatedPage, amountMinor = 1000): Promise<string> {
    const budget = { type: 'lifetime', amountMinor } as const;
    const created = await this.client.createMessageCampaign({ ...page, name: 'Payday', budget });
    const { metaCampaignId } = valueOf(created);
    await this.control('POST', `campaigns/${metaCampaignId}/ready`, {});
    return metaCampaignId;
  }

  /** Moves the simulator's clock and waits until we have answered every webhook. */
  async advance(duration: string): Promise<void> {
    await this.control('POST', 'clock', { advance: duration });
    await this.untilQuiet();
  }

  async untilQuiet(): Promise<void> {
    for (let look = 0; look < 500; look++) {
      const { due, unacknowledged } = await this.control<{ due: number; unacknowledged: number }>('GET', '');
      if (due === 0 && unacknowledged === 0) return;
      await pause(10);
    }
    throw new Error('The simulator does not come to rest.');
  }

  private async listen(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const query = new URL(request.url ?? '/', this.simulator.url).searchParams;
    if (request.method === 'GET') {
      const isOurs = query.get('hub.verify_token') === this.app.verifyToken;
      response.writeHead(isOurs ? 200 : 403).end(query.get('hub.challenge'));
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    response.end();
    this.receive(Buffer.concat(chunks), request.headers['x-hub-signature-256']);
  }

  private receive(body: Buffer, signature: string | string[] | undefined): void {
    if (!isSignedByMeta(body, signature, ['other', this.app.secret])) this.unsigned += 1;
    const parsed = parseMetaWebhook(body, 1);
    if (parsed.kind === 'events') this.events.push(...parsed.events);
  }
}

async function control<T>(url: string, method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(`${url}/__sim${path === '' ? '' : `/${path}`}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
