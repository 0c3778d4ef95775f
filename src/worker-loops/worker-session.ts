import { Client } from 'pg';
import type { LoopLogger } from './loop';

/** What one worker at a time may do; each is an advisory lock that ends with the worker's connection. */
const SOLE_TASKS = {
  clockDriver: 1,
  temporalLane: 2,
  outcomeLane: 3,
  graphLane: 4,
  reconciler: 5,
  retention: 6,
  unknownSends: 7,
  sandboxResets: 8,
  webhookSubscriptions: 9,
} as const;

export type SoleTask = keyof typeof SOLE_TASKS;

/** First number of all advisory locks of `SOLE_TASKS`. */
const SOLE_TASK_CLASS = 4_845_001;

/** A worker that says nothing for this long is frozen: Postgres ends its session, and what it held falls to another. */
const LONGEST_SILENCE_MS = 10_000;

/**
 * One connection of this worker's own: what it holds by advisory lock falls to another worker when this one dies, and
 * notifications wake its loops. A lost connection is opened again by the next question.
 */
export class WorkerSession {
  private client: Promise<Client> | undefined;
  private current: Client | undefined;
  private isClosed = false;
  /** When Postgres answered last, by `performance.now()`. */
  private heardAtMs = 0;
  private readonly held = new Set<number>();
  private readonly listeners = new Map<string, () => void>();

  /**
   * @param url - Postgres under the worker's role
   * @param longestSilenceMs - after which Postgres ends the session
   */
  constructor(
    private readonly url: string,
    private readonly logger: LoopLogger,
    private readonly longestSilenceMs = LONGEST_SILENCE_MS,
  ) {}

  /** Whether this worker is the one that does the task; asks for it when nobody does. */
  async does(task: SoleTask): Promise<boolean> {
    if (this.isClosed) return false;
    const client = await this.connected();
    const lock = SOLE_TASKS[task];
    if (this.held.has(lock) && !this.wasSilent()) return true;
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS taken', [
      SOLE_TASK_CLASS,
      lock,
    ]);
    this.heardAtMs = performance.now();
    if (rows[0]?.taken === true) this.held.add(lock);
    return this.held.has(lock);
  }

  /** Calls `listener` on every notification of a channel, from the next connection on. */
  listen(channel: string, listener: () => void): void {
    this.listeners.set(channel, listener);
  }

  /** Opens the connection where there is none, so that notifications come, and says that this worker lives. */
  async keepAlive(): Promise<void> {
    const client = await this.connected();
    await client.query('SELECT 1');
    this.heardAtMs = performance.now();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const client = await this.client?.catch(() => undefined);
    this.forget(client);
    await client?.end();
  }

  /** It may have been frozen meanwhile: what it held is asked for again. */
  private wasSilent(): boolean {
    return performance.now() - this.heardAtMs > this.longestSilenceMs / 2;
  }

  private connected(): Promise<Client> {
    this.client ??= this.connect();
    return this.client;
  }

  private async connect(): Promise<Client> {
    const client = new Client({
      connectionString: this.url,
      application_name: 'herald-worker-session',
      keepAlive: true,
    });
    this.current = client;
    client.on('error', () => {
      this.logger.warn({}, "The worker's own connection to Postgres was lost");
      this.forget(client);
    });
    client.on('end', () => {
      this.forget(client);
    });
    client.on('notification', ({ channel }) => {
      this.listeners.get(channel)?.();
    });
    try {
      await client.connect();
      await client.query(`SET idle_session_timeout = ${this.longestSilenceMs}`);
      for (const channel of this.listeners.keys()) await client.query(`LISTEN ${channel}`);
    } catch (error) {
      this.forget(client);
      throw error;
    }
    return client;
  }

  /** A connection that ended late takes nothing from its successor. */
  private forget(client: Client | undefined): void {
    if (this.current !== client) return;
    this.current = undefined;
    this.client = undefined;
    this.held.clear();
  }
}
