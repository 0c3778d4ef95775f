import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { ApiClient } from '../src/cli/api-client';
import type { Pids, Runtime } from '../src/cli/launcher/runtime-file';
import { SimulatorControl, type ControlledPage } from '../src/cli/launcher/simulator-control';

/** Counting costs the database too: oftener than this it would be measured with what it waits for. */
const LOOK_EVERY_MS = 500;
const PATIENCE_MS = 300_000;

/** Far above what is to be measured: only Herald itself is to be the limit. */
const SENDS_PER_SECOND = 10_000;

/** A Page of its own for one measurement, and the people who opted in at it. */
export interface BenchPage {
  readonly id: string;
  readonly meta: ControlledPage;
}

/** The running stack, as the measurements reach it. */
export class Site {
  readonly api: ApiClient;
  readonly meta: SimulatorControl;

  private constructor(
    readonly runtime: Runtime,
    readonly simulatorUrl: string,
    readonly database: Client,
  ) {
    this.api = new ApiClient(runtime.apiUrl, runtime.apiKey);
    this.meta = new SimulatorControl(simulatorUrl);
  }

  /** @throws Error when the stack has no simulator: nobody is written to for a measurement */
  static async of(runtime: Runtime): Promise<Site> {
    if (runtime.simulatorUrl === undefined) throw new Error('The bench needs the simulator: unset GRAPH_API_URL.');
    const database = new Client({ connectionString: runtime.databaseUrl });
    await database.connect();
    return new Site(runtime, runtime.simulatorUrl, database);
  }

  get pids(): Pids {
    return this.runtime.pids;
  }

  /** Makes a Page with so many people who opted in; they react to nothing they get. */
  async pageWith(people: number): Promise<BenchPage> {
    const meta = await this.pageAtMeta(people);
    const page = await this.api.post<{ id: string }>('/v1/pages', {
      metaPageId: meta.id,
      platform: 'messenger',
      pageToken: meta.pageToken,
      systemUserToken: meta.systemUserToken,
      adAccountId: meta.adAccountId,
    });
    await this.api.patch(`/v1/pages/${page.id}`, { sendsPerSecond: SENDS_PER_SECOND });
    const path = `/v1/pages/${page.id}/sync-subscribers`;
    const { id } = await this.api.post<{ id: string }>(path);
    await this.until(
      () => this.api.get<{ state: string }>(`${path}/${id}`),
      ({ state }) => state === 'done',
    );
    return { id: page.id, meta };
  }

  /** The same at Meta alone. */
  async pageAtMeta(people: number): Promise<ControlledPage> {
    const page = await this.meta.call<ControlledPage>('POST', 'pages', {
      name: 'Bench',
      country: 'US',
      currency: 'USD',
      timeZone: 'UTC',
    });
    await this.meta.call('PATCH', 'settings', { pageId: page.id, sendsPerSecond: 0, readRate: 0, clickRate: 0 });
    await this.meta.call('POST', 'people', { pageId: page.id, count: people, source: 'OPT_IN' });
    return page;
  }

  /** Moves business time and waits until everything that was due is done. */
  async moveClock(advance: string): Promise<void> {
    await this.api.post('/v1/sandbox/clock', { advance });
    await this.until(
      () => this.api.get<{ status: string }>('/v1/sandbox/clock'),
      ({ status }) => status === 'ready',
    );
  }

  /** Business time, milliseconds since the Unix epoch. */
  async nowMs(): Promise<number> {
    return Date.parse((await this.api.get<{ now: string }>('/v1/sandbox/clock')).now);
  }

  /** Asks the database under its owner's role. */
  async ask<Row extends object>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await this.database.query<Row>(sql, parameters)).rows;
  }

  /** @throws Error when it does not come to it in time */
  async until<T>(read: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> {
    for (const end = Date.now() + PATIENCE_MS; ;) {
      const value = await read();
      if (isSo(value)) return value;
      if (Date.now() > end) throw new Error(`The measurement stands still at ${JSON.stringify(value)}.`);
      await pause(LOOK_EVERY_MS);
    }
  }
}
