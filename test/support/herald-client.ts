import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { waitUntil } from '../../src/cli/launcher/wait-until';

/** A JSON answer; a test says itself what it expects of it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are checked by the tests, not by types
export type Json = any;

/** What the simulator made: a Page with its ad account. */
export interface SimulatedPage {
  readonly id: string;
  readonly pageToken: string;
  readonly adAccountId: string;
  readonly systemUserToken: string;
}

/** How long a test waits for an effect, wall clock. */
const PATIENCE_MS = 60_000;

/** Herald and its simulator as a test speaks to them: by HTTP alone. */
export class HeraldClient {
  constructor(
    readonly apiUrl: string,
    readonly key: string,
    readonly simulatorUrl: string,
  ) {}

  /** Calls the API over HTTP. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: Json }> {
    const response = await fetch(`${this.apiUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  }

  /** Calls the API and wants success. */
  async ok(method: string, path: string, body?: unknown): Promise<Json> {
    const answer = await this.call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Calls until it succeeds, under one idempotency key: whoever is called may die meanwhile. */
  async insist(method: string, path: string, body?: unknown): Promise<Json> {
    const headers = { 'idempotency-key': randomUUID() };
    let last: unknown;
    let answer: Json;
    const succeeded = await waitUntil(async () => {
      const called = await this.call(method, path, body, headers).catch((error: unknown) => ({
        status: 0,
        body: String(error),
      }));
      last = called;
      answer = called.body;
      return called.status >= 200 && called.status < 300;
    }, PATIENCE_MS);
    if (!succeeded) throw new Error(`${method} ${path} does not succeed: ${JSON.stringify(last)}`);
    return answer;
  }

  /** Calls the simulator's control API. */
  control(method: string, path: string, body?: unknown): Promise<Json> {
    return control(this.simulatorUrl, method, path, body);
  }

  /** Makes a Page at Meta and connects it. */
  async connectPage(page: Record<string, unknown> = {}): Promise<{ id: string; meta: SimulatedPage }> {
    const meta = (await this.control('POST', 'pages', {
      name: 'Aurora',
      country: 'US',
      currency: 'USD',
      timeZone: 'UTC',
      ...page,
    })) as SimulatedPage;
    const connected = await this.ok('POST', '/v1/pages', {
      metaPageId: meta.id,
      platform: 'messenger',
      pageToken: meta.pageToken,
      systemUserToken: meta.systemUserToken,
      adAccountId: meta.adAccountId,
    });
    return { id: connected.id as string, meta };
  }

  /** Imports the Page's token list. */
  async sync(pageId: string): Promise<Json> {
    const { id } = await this.ok('POST', `/v1/pages/${pageId}/sync-subscribers`);
    return this.until(`/v1/pages/${pageId}/sync-subscribers/${id}`, (sync: Json) => sync.state === 'done');
  }

  /** Walks a list of the API to its end. @param path - with its filters */
  async list(path: string): Promise<Json[]> {
    const found: Json[] = [];
    let cursor: string | null = null;
    do {
      const query = `${path.includes('?') ? '&' : '?'}limit=200${cursor === null ? '' : `&cursor=${cursor}`}`;
      const page: Json = await this.ok('GET', `${path}${query}`);
      found.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return found;
  }

  /** Every subscriber's id, in the order of the list. */
  async subscriberIds(query = ''): Promise<string[]> {
    return (await this.list(`/v1/subscribers?${query.replace('&', '')}`)).map((person: Json) => person.id as string);
  }

  /** Moves the clock and waits until everything that was due is done. */
  advance(advance: string, patienceMs = PATIENCE_MS): Promise<Json> {
    return this.moveClock({ advance }, patienceMs);
  }

  /** As `advance`, to a moment of business time. */
  async moveClock(to: { advance: string } | { now: string }, patienceMs = PATIENCE_MS): Promise<Json> {
    await this.insist('POST', '/v1/sandbox/clock', to);
    return this.until('/v1/sandbox/clock', (clock: Json) => clock.status === 'ready', patienceMs);
  }

  /** Reads a path until what it says is so; an API that is down is asked again. */
  async until(path: string, isSo: (body: Json) => boolean, patienceMs = PATIENCE_MS): Promise<Json> {
    const end = performance.now() + patienceMs;
    for (;;) {
      const { status, body } = await this.call('GET', path).catch((error: unknown) => ({
        status: 0,
        body: String(error),
      }));
      if (status === 200 && isSo(body)) return body;
      if (performance.now() > end) throw new Error(`${path} does not come to it: ${status} ${JSON.stringify(body)}`);
      await pause(50);
    }
  }
}

/** Calls the simulator's control API. @throws Error unless it succeeds */
export async function control(url: string, method: string, path: string, body?: unknown): Promise<Json> {
  const response = await fetch(`${url}/__sim/${path}`, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} /__sim/${path}: ${response.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}
