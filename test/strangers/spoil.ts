import fc from 'fast-check';

/** What a value is replaced by: each of them breaks somebody who trusts it. */
const JUNK: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  -(2 ** 63),
  2 ** 53,
  1e308,
  '',
  ' ',
  'x',
  '-1',
  'NaN',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'a\udc00b',
  '\u202e\ufeff',
  "'; DROP TABLE topics; --",
  '%00',
  '../../etc/passwd',
  '019ab0c4-7c00-7000-8000-00000000ffff',
  '2026-02-30T09:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '+275760-09-13T00:00:00Z',
  'P1000000Y',
  '{{'.repeat(500),
  'ä'.repeat(10_000),
  'x'.repeat(100_000),
  [],
  [null],
  [[]],
  ['x', 5],
  Array.from({ length: 20_000 }, () => 'x'),
  {},
  { all: true, not: null },
  { constructor: 'x' },
  { constructor: { name: 'x' } },
  { toString: 1, valueOf: 1, hasOwnProperty: 1 },
  { then: 'x', length: -1 },
];

/** Text that no one may be made to keep: Postgres holds no NUL, and half a surrogate pair is no text. */
export const isStorable = (value: unknown): boolean => {
  if (typeof value === 'string') return !value.includes('\u0000') && !/\p{Surrogate}/u.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, child]) => isStorable(name) && isStorable(child));
};

type Path = readonly string[];

/** Every place of a JSON value, the value itself first. */
function placesOf(value: unknown, path: Path = []): Path[] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [path, ...inner.flatMap(([name, child]) => placesOf(child, [...path, name]))];
}

/** The value with one place of it changed. */
function changedAt(value: unknown, [name, ...rest]: Path, change: (old: unknown) => unknown): unknown {
  if (name === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((item, at) => (String(at) === name ? changedAt(item, rest, change) : item));
  const object = value as Record<string, unknown>;
  return { ...object, [name]: changedAt(object[name], rest, change) };
}

const without = (value: unknown, path: Path): unknown =>
  changedAt(value, path.slice(0, -1), (parent) => {
    const last = path.at(-1) ?? '';
    if (Array.isArray(parent)) return parent.filter((_item, at) => String(at) !== last);
    return Object.fromEntries(Object.entries(parent as object).filter(([name]) => name !== last));
  });

const withField = (value: unknown, name: string, child: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value, [name]: child } : value;

/** A JSON value that differs from a good one in one place. */
export function spoiledValue(good: unknown): fc.Arbitrary<unknown> {
  return fc
    .record({
      place: fc.constantFrom(...placesOf(good)),
      junk: fc.constantFrom(...JUNK),
      name: fc.constantFrom('surprise', 'id', 'workspaceId', 'constructor', 'toString', '\u0000', '\ud800', ''),
      how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'wrap', 'stringify'),
    })
    .map(({ place, junk, name, how }) => {
      if (how === 'remove' && place.length > 0) return without(good, place);
      return changedAt(good, place, (old) => {
        if (how === 'add') return withField(old, name, junk);
        if (how === 'wrap') return [old];
        return how === 'stringify' ? JSON.stringify(old) : junk;
      });
    });
}

const MEBIBYTE = 1024 * 1024;

/** Bytes that are nearly the JSON of a body. */
export function spoiledBytes(good: unknown): fc.Arbitrary<Buffer> {
  const json = JSON.stringify(good);
  const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);
  const ownField = /"(\w+)":/.exec(json)?.[1] ?? 'x';
  const texts = [
    '',
    ' ',
    'null',
    'undefined',
    '{',
    '"text"',
    '7',
    json + json,
    `${json},`,
    `\ufeff${json}`,
    json.replace('{', '{"__proto__":{"isAdmin":true},'),
    json.replace('{', '{"constructor":{"prototype":{"x":1}},'),
    json.replace('{', `{"${ownField}":null,`),
    json.replace(/\}([^}]*)$/, `,"${ownField}":[]}$1`),
    json.replaceAll('"', "'"),
    json.replace('{', `{"deep":${nested('[', ']', 10_000)},`),
    json.replace('{', `{"deep":${nested('{"a":', '}', 5_000).replace('{"a":}', '{"a":1}')},`),
    json.replace('{', '{"number":1e999999,'),
    json.replace('{', `{"digits":${'9'.repeat(10_000)},`),
    `${json}${' '.repeat(MEBIBYTE)}`,
  ];
  return fc.oneof(
    fc.constantFrom(...texts).map((text) => Buffer.from(text)),
    fc.nat(json.length).map((at) => Buffer.from(json.slice(0, at))),
    fc.constantFrom('utf16le', 'latin1').map((encoding) => Buffer.from(`${json} é`, encoding as BufferEncoding)),
    fc.nat(json.length).map((at) => Buffer.concat([Buffer.from(json.slice(0, at)), Buffer.from([0xff, 0xc0])])),
  );
}

/** Headers that belong to no good request. */
export const ODD_HEADERS: readonly Readonly<Record<string, string>>[] = [
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/xml' },
  { 'content-type': 'application/x-ndjson' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-type': 'multipart/form-data; boundary=x' },
  { 'content-type': '; ; ;' },
  { 'content-encoding': 'gzip' },
  { 'idempotency-key': '' },
  { 'idempotency-key': 'k'.repeat(256) },
  { 'idempotency-key': 'schl\u00fcssel' },
  { authorization: 'Basic YTpi' },
  { authorization: 'Bearer' },
  { authorization: `Bearer hrld_${'x'.repeat(60)}` },
  { authorization: `Bearer ${'x'.repeat(8_000)}` },
  { accept: 'application/xml' },
  { 'x-forwarded-for': '\u00ff' },
  { cookie: 'x='.repeat(4_000) },
  { 'x-large': 'x'.repeat(20_000) },
];

/** Ids that no path should have. */
export const ODD_IDS: readonly string[] = [
  '1',
  'null',
  '00000000-0000-0000-0000-000000000000',
  '019ab0c4-7c00-7000-8000-00000000ffff',
  '%00',
  '%ED%A0%80',
  '%E0%A4%A',
  '..%2f..%2fetc',
  "'%20OR%201=1",
  'x'.repeat(300),
  'R-99',
  '%F0%9F%92%A9',
];

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Values that no query should have; cursors of other lists among them. */
export const ODD_PARAMETERS: readonly string[] = [
  '',
  ' ',
  '\u0000',
  '-1',
  '1.5',
  '9'.repeat(400),
  '2026-02-30',
  '9999-12-31T23:59:59Z',
  'null',
  '[]',
  "'",
  'x'.repeat(6_000),
  'draft,,active',
  base64(['019ab0c4-7c00-7000-8000-00000000ffff']),
  base64(['x', 'y', 'z']),
  base64([null]),
  base64([1e308]),
  base64(['\u0000']),
  base64(['+275760-09-13T00:00:00Z', '019ab0c4-7c00-7000-8000-00000000ffff']),
  base64({ __proto__: null, a: 1 }),
];
