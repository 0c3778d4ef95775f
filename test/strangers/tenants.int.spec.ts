import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Scope } from '../../src/workspaces/workspace-admin';
import { SCOPES } from '../../src/workspaces/workspace-admin';
import type { Answer } from '../api/api-under-test';
import { GoodInput, kindOf } from './good-input';
import type { Operation, Schema } from './operations';
import { named, resolved, TENANT_OPERATIONS } from './operations';
import { StrangersWorld } from './world';

let world: StrangersWorld;
const keys = new Map<Scope, string>();

beforeAll(async () => {
  world = await StrangersWorld.open();
  for (const missing of SCOPES) {
    const scopes = SCOPES.filter((scope) => scope !== missing);
    keys.set(missing, await world.api.otherKey({ workspaceId: world.ours.api.workspaceId, scopes }));
  }
  await world.journal.since();
});
afterAll(() => world.close());

/** No JSON: whoever looks at the body before the key and the path answers 400. */
const GARBAGE = '{"broken":';

const one = <T>(arbitrary: fc.Arbitrary<T>): T => fc.sample(arbitrary, { numRuns: 1, seed: 1 })[0] as T;

describe('A key without the scope is refused before anything else is looked at', () => {
  it.each(named(TENANT_OPERATIONS))('%s', async (_name, operation) => {
    const path = one(new GoodInput(world.ours).path(operation));
    for (const missing of operation.scopes) {
      const answer = await world.api.call(operation.method, path, {
        key: keys.get(missing) ?? '',
        ...garbage(operation),
      });
      expect(answer).toMatchObject({ status: 403, body: { code: 'AUTH.SCOPE_MISSING' } });
      expect(answer.body.detail).toContain(missing);
    }
    expect(await world.journal.since()).toEqual([]);
  });
});

/** Of an address such as /v1/rules/R-08 everybody sees the same. */
const ofWorkspaces = TENANT_OPERATIONS.filter(({ pathParameters }) => pathParameters.some((name) => name !== 'ruleId'));

describe('What another workspace has is not there', () => {
  it.each(named(ofWorkspaces))('%s', async (_name, operation) => {
    const path = one(new GoodInput(world.theirs).path(operation));
    const answer = await world.api.call(operation.method, path, garbage(operation));
    expect(answer).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await world.journal.since()).toEqual([]);
  });

  it.each(named(ofWorkspaces.filter(({ pathParameters }) => pathParameters.length > 1)))(
    'nor below something of ours: %s',
    async (_name, operation) => {
      const [ours, theirs] = [world.ours, world.theirs].map((tenant) => one(new GoodInput(tenant).path(operation)));
      const nested = [...(ours ?? '').split('/').slice(0, -1), (theirs ?? '').split('/').at(-1)].join('/');
      expect(await world.api.call(operation.method, nested)).toMatchObject({ status: 404 });
    },
  );
});

const garbage = ({ method }: Operation): { body?: string } => (method === 'GET' ? {} : { body: GARBAGE });

/** Where a schema holds an id of ours: the names on the way to it. */
function* idsIn(schema: Schema, path: readonly string[] = []): Generator<readonly string[]> {
  const { format, items, properties = {}, allOf = [], oneOf = [], anyOf = [] } = resolved(schema);
  if (format === 'uuid') yield path;
  if (items !== undefined) yield* idsIn(items, [...path, '0']);
  for (const part of [...allOf, ...oneOf, ...anyOf]) yield* idsIn(part, path);
  for (const [name, child] of Object.entries(properties)) yield* idsIn(child, [...path, name]);
}

const namesIds = TENANT_OPERATIONS.flatMap((operation) => {
  const { body } = operation;
  const places = body === undefined ? [] : [...idsIn(body)];
  return places.map((place): [string, Operation, readonly string[]] => [
    `${operation.name} ${place.join('.')}`,
    operation,
    place,
  ]);
});

/** Good bodies that name somebody else's thing at this place; others of their fields may not go together. */
function withForeignId(operation: Operation, place: readonly string[], field: string): unknown[] {
  const good = fc.sample(new GoodInput(world.ours).body(operation), { numRuns: 400, seed: 1 });
  const [theirs = ''] = world.theirs.ids[kindOf(field)] ?? [];
  const foreign = good.map((body) => replaced(body, place, theirs));
  return foreign.filter((body) => body !== undefined).slice(0, 60);
}

function replaced(value: unknown, [name, ...rest]: readonly string[], id: string): unknown {
  if (name === undefined) return id;
  const child: unknown = (value as Record<string, unknown> | undefined)?.[name];
  const inner = child === undefined ? undefined : replaced(child, rest, id);
  if (inner === undefined) return undefined;
  return Array.isArray(value) ? value.with(Number(name), inner) : { ...(value as object), [name]: inner };
}

describe('What another workspace has is nothing that a body may name', () => {
  it.each(namesIds)('%s', async (_name, operation, place) => {
    const field = place.findLast((name) => name !== '0') ?? '';
    const path = one(new GoodInput(world.ours).path(operation));
    let isFoundOut = false;
    for (const body of withForeignId(operation, place, field)) {
      const answer = await world.api.call(operation.method, path, { body });
      expect(answer).not.toMatchObject({ status: 500 });
      isFoundOut ||= isNothingToUs(answer, field);
      if (answer.status < 300) expect(isNothingToUs(answer, field)).toBe(true);
    }
    expect(isFoundOut).toBe(true);
    const changes = await world.journal.since();
    expect(changes.filter(({ workspaceId }) => workspaceId === world.theirs.api.workspaceId)).toEqual([]);
  });
});

/** Refused by that field; or, where many are named at a time, counted as unknown, or taken as an event of nobody. */
function isNothingToUs({ status, body }: Answer, name: string): boolean {
  const [first] = (Array.isArray(body) ? body : [body]) as Answer['body'][];
  if (status < 300) return Number(first?.['unknown']) > 0 || OF_NOBODY.has(String(first?.['outcome']));
  const { errors = [] } = body as Partial<Answer['body']>;
  return errors.some(({ field }) => field.includes(name));
}

/** Outcomes of an order event that wakes nobody. */
const OF_NOBODY = new Set(['no_subscriber', 'duplicate', 'stale']);

const filters = TENANT_OPERATIONS.flatMap((operation) =>
  operation.query
    .filter(({ schema }) => schema !== undefined && resolved(schema).format === 'uuid')
    .map(({ name }): [string, Operation, string] => [`${operation.name}?${name}=`, operation, name]),
);

describe('What another workspace has finds nothing', () => {
  it.each(filters)('%s', async (_name, operation, name) => {
    const path = one(new GoodInput(world.ours).path(operation));
    const [theirs] = world.theirs.ids[kindOf(name)] ?? [];
    const { status, body } = await world.api.get(`${path}?${name}=${theirs ?? ''}`);
    expect(status < 300 ? body.data : []).toEqual([]);
  });
});
