import { randomUUID } from 'node:crypto';
import { CommandError } from './command-error';
import { waitUntil } from './launcher/wait-until';

/** Query parameters; absent ones are left out. */
export type Query = Readonly<Record<string, string | undefined>>;

interface ListAnswer<Item> {
  readonly data: Item[];
  readonly nextCursor: string | null;
}

/** A refusal as the API words it. */
export interface ProblemAnswer {
  readonly ruleId?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string; readonly reason: string }[];
}

const LONGEST_LIST_PART = '200';

/** Herald's REST API, as anyone outside would call it. */
export class ApiClient {
  /**
   * @param baseUrl - without a slash at its end
   * @param key - an API key
   * @param patienceMs - how long a call is tried again while the API, or what it needs, is being started again
   */
  constructor(
    private readonly baseUrl: string,
    private readonly key: string,
    private readonly patienceMs = 0,
  ) {}

  get<Answer>(path: string, query: Query = {}): Promise<Answer> {
    return this.call<Answer>('GET', `${path}${queryString(query)}`);
  }

  post<Answer>(path: string, body?: unknown): Promise<Answer> {
    return this.call<Answer>('POST', path, body);
  }

  patch<Answer>(path: string, body: unknown): Promise<Answer> {
    return this.call<Answer>('PATCH', path, body);
  }

  /** Calls and hands a refusal back as an answer. */
  async try(method: string, path: string, body?: unknown): Promise<{ status: number; body: ProblemAnswer }> {
    const response = await this.send(method, path, body);
    return { status: response.status, body: (await response.json()) as ProblemAnswer };
  }

  /** Walks a list to its end. */
  async *list<Item>(path: string, query: Query = {}): AsyncGenerator<Item> {
    for (let cursor: string | undefined; ;) {
      const part = await this.get<ListAnswer<Item>>(path, { ...query, limit: LONGEST_LIST_PART, cursor });
      yield* part.data;
      if (part.nextCursor === null) return;
      cursor = part.nextCursor;
    }
  }

  private async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await this.send(method, path, body);
    if (!response.ok) throw await refusal(response, `${method} ${path}`);
    return (response.status === 204 ? undefined : await response.json()) as Answer;
  }

  /** One key for all tries: what an answer that got lost had begun is not begun again. */
  private async send(method: string, path: string, body: unknown): Promise<Response> {
    const request: RequestInit = {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    let response: Response | undefined;
    let cause: unknown;
    await waitUntil(async () => {
      response = await fetch(`${this.baseUrl}${path}`, request).catch((error: unknown) => {
        cause = error;
        return undefined;
      });
      return response !== undefined && !isForTheMoment(response);
    }, this.patienceMs);
    if (response) return response;
    throw new CommandError(`The API at ${this.baseUrl} does not answer: start it with \`npm run up\`.`, { cause });
  }
}

/** The database is away, or an earlier try of the same call is still under way. */
function isForTheMoment({ status, headers }: Response): boolean {
  return status >= 500 || (status === 409 && headers.has('retry-after'));
}

async function refusal(response: Response, call: string): Promise<CommandError> {
  const problem = (await response.json().catch(() => ({}))) as ProblemAnswer;
  const fields = (problem.errors ?? []).map(({ field, reason }) => `${field} ${reason}`);
  const sentence = [problem.detail ?? problem.title ?? 'the API refused', ...fields].join('; ');
  return new CommandError(`${call}: ${response.status}: ${sentence}`);
}

function queryString(query: Query): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}
