import type { SchemaObject } from '@nestjs/swagger';
import fc from 'fast-check';
import type { Operation, Schema } from './operations';
import { resolved } from './operations';
import type { Tenant } from './world';

const HOUR_MS = 3_600_000;
/** Deep enough for every body of ours. */
const MAX_DEPTH = 6;

/** Fields whose schema cannot say all of what makes them right, by name. */
const BY_NAME: Readonly<Record<string, readonly unknown[]>> = {
  content: [{ text: 'Hello {{name|there}}' }, { text: 'Hi', quick_replies: [{ content_type: 'user_email' }] }],
  advance: ['PT1S', 'PT2M'],
  psid: ['7351004321'],
  email: ['ada@example.com'],
  phone: ['+39 02 1234567'],
  timeZone: ['Europe/Rome', 'UTC'],
  currency: ['USD'],
  expiresAfter: ['P7D'],
  'hub.verify_token': ['verify'],
};

/** The segment under which an id of ours is found, by the name of the field that holds it. */
const KINDS: Readonly<Record<string, string>> = {
  pageId: 'pages',
  pageIds: 'pages',
  subscriberId: 'subscribers',
  subscriberIds: 'subscribers',
  topicId: 'topics',
  campaignId: 'campaigns',
};

/** @throws Error for a field with an id that nobody has taught this yet */
export function kindOf(field: string): string {
  const kind = KINDS[field];
  if (kind === undefined) throw new Error(`${field} holds an id: say of what in KINDS.`);
  return kind;
}

/** Makes input that should be taken, out of the document and of what a workspace has. */
export class GoodInput {
  constructor(private readonly tenant: Tenant) {}

  /** The path with ids of the workspace. */
  path({ path }: Operation): fc.Arbitrary<string> {
    const parts = path.split('/');
    return fc
      .tuple(
        ...parts.map((part, index) => (part.startsWith('{') ? this.id(parts[index - 1] ?? '') : fc.constant(part))),
      )
      .map((filled) => filled.join('/'));
  }

  /** Some of the parameters of the query, or all. */
  query({ query }: Operation): fc.Arbitrary<Record<string, string | undefined>> {
    const parameters = Object.fromEntries(
      query.map(({ name, schema = {} }) => [name, this.value(schema, name).map(String)]),
    );
    return fc.record(parameters, { requiredKeys: [] });
  }

  /** A body by its schema, with examples of the document among it; undefined where the call takes none. */
  body({ body }: Operation): fc.Arbitrary<unknown> {
    return body === undefined ? fc.constant(undefined) : this.value(body);
  }

  /** Lines of NDJSON as values; none where the call takes none. */
  lines({ line }: Operation): fc.Arbitrary<unknown[]> {
    return line === undefined ? fc.constant([]) : fc.array(this.value(line), { minLength: 1, maxLength: 4 });
  }

  private id(kind: string): fc.Arbitrary<string> {
    const ids = this.tenant.ids[kind];
    if (ids === undefined) throw new Error(`A path names ${kind}: teach the world to make one.`);
    return fc.constantFrom(...ids);
  }

  private value(schema: Schema, name = '', depth = 0): fc.Arbitrary<unknown> {
    const own = resolved(schema);
    const known = this.byName(own, name);
    if (known !== undefined) return known;
    const choices = [...(own.allOf ?? []), ...(own.oneOf ?? []), ...(own.anyOf ?? [])];
    if (choices.length > 0) return fc.oneof(...choices.map((choice) => this.value(choice, name, depth + 1)));
    if (own.enum !== undefined) return fc.constantFrom(...(own.enum as unknown[]));
    const example: unknown = own.example;
    const generated = this.byType(own, name, depth);
    const isPlain = typeof example === 'string' || typeof example === 'number';
    return isPlain ? fc.oneof(fc.constant(example), generated) : generated;
  }

  private byName({ format, items }: SchemaObject, name: string): fc.Arbitrary<unknown> | undefined {
    const { metaPageId, pageToken, systemUserToken, adAccountId } = this.spare();
    const spare = { metaPageId, pageToken, systemUserToken, adAccountId }[name];
    if (spare !== undefined) return fc.constant(spare);
    if (format === 'uuid') return this.id(kindOf(name));
    if (items !== undefined && resolved(items).format === 'uuid') return this.id(kindOf(name)).map((id) => [id]);
    const words = BY_NAME[name];
    return words === undefined ? undefined : fc.constantFrom(...words);
  }

  private spare(): Record<string, string> {
    const { id, ...tokens } = this.tenant.spare;
    return { metaPageId: id, ...tokens };
  }

  private byType(schema: SchemaObject, name: string, depth: number): fc.Arbitrary<unknown> {
    const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? 'object'];
    const [type] = types as [string];
    switch (type) {
      case 'array':
        return this.list(schema, name, depth);
      case 'boolean':
        return fc.boolean();
      case 'integer':
      case 'number':
        return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 10_000, 10_000) });
      case 'string':
        return text(name, schema);
      default:
        return this.object(schema, depth);
    }
  }

  private list({ items, minItems = 0, uniqueItems }: SchemaObject, name: string, depth: number): fc.Arbitrary<unknown> {
    const item = items === undefined || depth > MAX_DEPTH ? fc.constant({}) : this.value(items, name, depth + 1);
    const limits = { minLength: minItems, maxLength: Math.max(3, minItems) };
    return uniqueItems === true ? fc.uniqueArray(item, limits) : fc.array(item, limits);
  }

  private object({ properties = {}, required = [] }: SchemaObject, depth: number): fc.Arbitrary<unknown> {
    if (depth > MAX_DEPTH) return fc.constant({});
    const fields = Object.entries(properties).map(([name, schema]): [string, fc.Arbitrary<unknown>] => [
      name,
      this.value(schema, name, depth + 1),
    ]);
    const some = fc.record(Object.fromEntries(fields), { requiredKeys: required });
    // Where nothing must be there, the fields are often alternatives.
    const single = fields.map(([name, value]) => value.map((only) => ({ [name]: only })));
    return required.length > 0 ? some : fc.oneof(some, ...single);
  }
}

function text(name: string, { format, minLength = 0, maxLength = 40, pattern }: SchemaObject): fc.Arbitrary<string> {
  if (format === 'date-time') return inHours(name === 'endAt' ? 121 : 24, name === 'endAt' ? 240 : 120);
  if (format === 'uri') return fc.webUrl();
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { maxLength });
  return fc.string({ minLength, maxLength: Math.min(maxLength, 40) });
}

const inHours = (min: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min, max }).map((hours) => new Date(Date.now() + hours * HOUR_MS).toISOString());
