import { QueryFailedError } from 'typeorm';
import { eachBounded } from '../worker-loops/bounded';

/** In a burst a group is closed once nothing came for this long, milliseconds. */
const QUIET_MS = 3;
/** A group with more requests than this belongs to a burst; a lonely request waits for nobody. */
const LONELY_REQUESTS = 2;
/** A group is closed after this long even if more keeps coming, milliseconds. */
const LONGEST_WAIT_MS = 100;
const MOST_REQUESTS = 500;
/** Groups at a time: one that waits for a lock does not hold up the next. */
const GROUPS_AT_A_TIME = 2;
/** Requests of a failed group that are tried again at a time, each alone in its transaction. */
const RETRIES_AT_A_TIME = 4;

interface Waiting<T> {
  readonly request: T;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Many requests, one transaction (protocol §7.1). While they keep coming a group grows; when it fails, each of its
 * requests is tried again alone, so that one bad request never costs another its answer.
 */
export class GroupCommit<T> {
  private waiting: Waiting<T>[] = [];
  private groups = 0;
  private isCollecting = false;
  private isBurst = false;

  /** @param commit - stores requests in one transaction, all or none */
  constructor(private readonly commit: (requests: readonly T[]) => Promise<void>) {}

  /** Resolves once the request is committed, rejects if it could not be. */
  add(request: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, resolve, reject });
      if (!this.isCollecting) this.collect(performance.now(), 0);
    });
  }

  /** Looks every few milliseconds whether more came, and closes the group when none did. */
  private collect(sinceMs: number, seen: number): void {
    this.isCollecting = true;
    const isFull = this.waiting.length >= MOST_REQUESTS || performance.now() - sinceMs >= LONGEST_WAIT_MS;
    if (this.groups < GROUPS_AT_A_TIME && (isFull || this.waiting.length === seen)) {
      this.isCollecting = false;
      void this.closeGroup();
      return;
    }
    const count = this.waiting.length;
    const look = (): void => {
      this.collect(sinceMs, count);
    };
    if (this.isBurst || this.groups === GROUPS_AT_A_TIME) setTimeout(look, QUIET_MS);
    else setImmediate(look);
  }

  private async closeGroup(): Promise<void> {
    const group = this.waiting.splice(0, MOST_REQUESTS);
    this.isBurst = group.length > LONELY_REQUESTS;
    if (this.waiting.length > 0) this.collect(performance.now(), 0);
    this.groups += 1;
    try {
      await this.store(group);
    } finally {
      this.groups -= 1;
    }
  }

  private async store(group: readonly Waiting<T>[]): Promise<void> {
    try {
      await this.commit(group.map(({ request }) => request));
      for (const { resolve } of group) resolve();
    } catch (error) {
      if (group.length === 1 || !isFaultOfSome(error)) for (const { reject } of group) reject(error);
      else await eachBounded(group, RETRIES_AT_A_TIME, (one) => this.store([one]));
    }
  }
}

/** Connection lost, too many connections, shutting down: trying each request again would fail as often. */
const SERVER_STATES = /^(08|53|57P)/;

/** Whether an error may be the fault of one request of the group, rather than of a database that cannot be reached. */
function isFaultOfSome(error: unknown): boolean {
  const { code } = (error instanceof QueryFailedError ? error.driverError : error) as { readonly code?: unknown };
  const isSocketError = typeof code === 'string' && /^E[A-Z]+$/.test(code);
  return !isSocketError && !(typeof code === 'string' && SERVER_STATES.test(code));
}
