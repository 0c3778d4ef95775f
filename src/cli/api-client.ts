import { CommandError } from './command-error';

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
   */
  constructor(
    private readonly baseUrl: string,
    private readonly key: string,
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

  private async send(method: string, path: string, body: unknown): Promise<Response> {
    try {
      return await fetch(`${this.baseUrl}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.key}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw new CommandError(`The API at ${this.baseUrl} does not answer: start it with \`npm run up\`.`, {
        cause: error,
      });
    }
  }
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
