import fc from 'fast-check';
import { Agent, request as send } from 'undici';
import { faultsOf } from './conforms';
import type { FuzzSettings } from './fuzz-settings';
import { GoodInput } from './good-input';
import type { Operation } from './operations';
import { isStorable, ODD_HEADERS, ODD_IDS, ODD_PARAMETERS, spoiledBytes, spoiledValue } from './spoil';
import { faultsOfLinesRefused, faultsOfLinesTaken, spoiledLines } from './spoiled-lines';
import type { StrangersWorld } from './world';

/** A request as it leaves, with what was done to it. */
interface Request {
  readonly how: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Whether it holds what nobody may be made to keep. */
  readonly isUnstorable?: boolean;
}

const JSON_TYPE = 'application/json';
const LINES_TYPE = 'application/x-ndjson';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Codes that refuse a body or query, and so name its fields. */
const NAMES_FIELDS = new Set(['BODY.UNREADABLE', 'QUERY.UNREADABLE', 'VALIDATION.FIELD', 'IDEMPOTENCY.KEY_UNREADABLE']);
/** What is refused before there is a call: the address or a header cannot be read at all. */
const NO_CALL = new Set(['REQUEST.UNREADABLE']);
/** A refusal by a rule is recorded; so is what such a call brought with it. */
const RECORDED = new Set(['RULE.REFUSED']);
const PROBLEM = { $ref: '#/components/schemas/Problem' };

/** What a run says where something was wrong with an answer. */
export interface Finding {
  readonly request: string;
  readonly faults: readonly string[];
  readonly answer: string;
}

/** Sends a call of the API in every shape that its document and a stranger can think of. */
export class Fuzz {
  private readonly connections = new Agent({ connections: 4 });
  private url = '';

  constructor(private world: StrangersWorld) {}

  async close(): Promise<void> {
    await this.connections.close();
  }

  /** @returns every answer that was not as it must be */
  async run(operation: Operation, settings: FuzzSettings): Promise<Finding[]> {
    const findings = await this.findingsOf(operation, this.requests(operation), settings);
    if (operation.method === 'DELETE' || operation.path.startsWith('/v1/sandbox/')) {
      this.world = await this.world.refurnished();
    }
    return findings;
  }

  /** The same for a call that takes NDJSON. */
  runLines(operation: Operation, settings: FuzzSettings): Promise<Finding[]> {
    const good = new GoodInput(this.world.ours);
    const requests = fc
      .tuple(good.path(operation), good.lines(operation))
      .chain(([path, lines]) => spoiledLines(lines).map((spoiled) => ({ ...this.request('', path, ''), ...spoiled })))
      .map((request) => ({ ...request, headers: { ...request.headers, 'content-type': LINES_TYPE } }));
    return this.findingsOf(operation, requests, settings);
  }

  private async findingsOf(
    operation: Operation,
    requests: fc.Arbitrary<Request>,
    { seed, runs }: FuzzSettings,
  ): Promise<Finding[]> {
    this.url = await this.world.api.app.getUrl();
    const findings: Finding[] = [];
    await this.world.journal.since();
    for (const request of fc.sample(requests, { seed, numRuns: runs })) {
      const faults = await this.faults(operation, request);
      if (faults !== null) findings.push(faults);
    }
    return findings;
  }

  private requests(operation: Operation): fc.Arbitrary<Request> {
    const good = new GoodInput(this.world.ours);
    const parts = fc.record({ path: good.path(operation), query: good.query(operation), body: good.body(operation) });
    return parts.chain(({ path, query, body }) => {
      const asGood = this.request('good', address(path, query), body);
      const spoiled = [
        fc.constant(asGood),
        fc.constantFrom(...ODD_HEADERS).map((headers) => ({
          ...asGood,
          how: 'header',
          headers: { ...asGood.headers, ...headers },
        })),
        oddParameter(operation).map(([name, value]) =>
          this.request('query', address(path, { ...query, [name]: value }), body),
        ),
        oddParameter(operation).map(([name, value]) =>
          this.request('twice', `${address(path, { ...query, [name]: value })}&${name}=x`, body),
        ),
      ];
      if (operation.pathParameters.length > 0) {
        const odd = fc.constantFrom(...ODD_IDS, ...Object.values(this.world.theirs.ids).flat());
        spoiled.push(odd.map((id) => this.request('id', address(oneId(operation, path, id), query), body)));
      }
      if (operation.method !== 'GET') spoiled.push(...this.spoiledBodies(address(path, query), body ?? {}));
      return fc.oneof(...spoiled);
    });
  }

  private spoiledBodies(url: string, body: unknown): fc.Arbitrary<Request>[] {
    const value = spoiledValue(body).map((spoiled) => this.request('value', url, spoiled));
    const bytes = spoiledBytes(body).map((spoiled) => ({ ...this.request('bytes', url, {}), body: spoiled }));
    return [value, value, value, value, bytes];
  }

  private request(how: string, url: string, body: unknown): Request {
    const headers = { authorization: `Bearer ${this.world.ours.api.key}` };
    if (body === undefined) return { how, url, headers };
    return {
      how,
      url,
      headers: { ...headers, 'content-type': JSON_TYPE },
      body: Buffer.from(JSON.stringify(body)),
      isUnstorable: !isStorable(body),
    };
  }

  /** Sends it, once more where it came too fast. @returns what is wrong with the answer, or null */
  private async faults(operation: Operation, request: Request): Promise<Finding | null> {
    const answer = await this.answer(operation, request);
    const changes = (await this.world.journal.since()).map(({ what }) => what);
    const faults = [...faultsOfAnswer(operation, request, answer)];
    const isRecorded = answer.status < 300 || RECORDED.has(problemOf(answer)?.['code'] as string);
    if (!isRecorded && changes.length > 0) faults.push(`it was refused and did ${changes.join(', ')}`);
    if (faults.length === 0) return null;
    const body = request.body?.toString().slice(0, 400) ?? '';
    return {
      request: `${operation.method} ${request.url.slice(0, 300)} (${request.how}) ${body}`,
      faults,
      answer: `${answer.status} ${answer.text.slice(0, 400)}`,
    };
  }

  private async answer({ method }: Operation, { url, headers, body }: Request): Promise<Answer> {
    const options = { method, headers, dispatcher: this.connections, ...(body !== undefined && { body }) };
    for (;;) {
      const { statusCode, headers: sent, body: stream } = await send(`${this.url}${url}`, options);
      const text = await stream.text();
      if (statusCode !== 429) return { status: statusCode, type: String(sent['content-type']), text };
    }
  }
}

/** A parameter of the call, or one that some other call has, with a value that none should have. */
const oddParameter = ({ query }: Operation): fc.Arbitrary<[string, string]> =>
  fc.tuple(
    fc.constantFrom('limit', 'cursor', 'surprise', 'constructor', ...query.map(({ name }) => name)),
    fc.constantFrom(...ODD_PARAMETERS),
  );

/** The last id of a path, replaced. */
function oneId({ path }: Operation, filled: string, id: string): string {
  const last = path.split('/').findLastIndex((part) => part.startsWith('{'));
  return filled
    .split('/')
    .map((part, index) => (index === last ? id : part))
    .join('/');
}

function address(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const parameters = Object.entries(query).map(([name, value = '']) => `${name}=${encodeURIComponent(value)}`);
  return parameters.length === 0 ? path : `${path}?${parameters.join('&')}`;
}

/** An answer that is not as the document says, or not as a refusal must be. */
function* faultsOfAnswer(operation: Operation, request: Request, answer: Answer): Generator<string> {
  if (answer.status >= 500) yield 'it is an error of ours';
  const problem = problemOf(answer);
  const code = problem?.['code'] as string | undefined;
  const documented = operation.responses[String(answer.status)];
  if (documented === undefined && !NO_CALL.has(code ?? '')) yield `${answer.status} is not documented`;
  if (answer.status < 300) {
    if (request.isUnstorable === true) yield 'what cannot be kept was taken';
    const schema = documented?.content?.[JSON_TYPE]?.schema;
    if (schema !== undefined) yield* faultsOf(JSON.parse(answer.text), schema);
    if (isOfLines(operation, request)) yield* faultsOfLinesTaken(request.body, answer.text);
    return;
  }
  if (problem === undefined) yield 'it is no problem+json';
  else yield* faultsOf(problem, PROBLEM);
  const { errors } = (problem ?? {}) as { readonly errors?: readonly { field: string; reason: string }[] };
  if (NAMES_FIELDS.has(code ?? '')) {
    const fields = (errors ?? []).map(({ field }) => field);
    if (fields.length === 0 || !(errors ?? []).every(({ field, reason }) => field !== '' && reason !== ''))
      yield 'it names no field and reason';
    if (isOfLines(operation, request)) yield* faultsOfLinesRefused(request.body, fields);
  }
  if (code === 'RULE.REFUSED' && problem?.['ruleId'] === undefined) yield 'it names no rule';
}

const isOfLines = ({ line }: Operation, request: Request): request is Request & { readonly body: Buffer } =>
  line !== undefined && request.body !== undefined && request.headers['content-type'] === LINES_TYPE;

function problemOf({ type, text }: Answer): Record<string, unknown> | undefined {
  return type.startsWith('application/problem+json') ? (JSON.parse(text) as Record<string, unknown>) : undefined;
}
