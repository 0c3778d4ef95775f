import fc from 'fast-check';
import { isStorable, spoiledBytes, spoiledValue } from './spoil';

/** A body of NDJSON with something wrong in one of its lines, or not where it ends. */
export interface SpoiledLines {
  readonly how: string;
  readonly body: Buffer;
  /** Whether it holds what nobody may be made to keep. */
  readonly isUnstorable: boolean;
}

/** What may stand between two lines, and whether it is right. */
const BREAKS: readonly string[] = ['\n', '\r\n', '\n\n', '\n \n\t\n'];

/** Lines that differ from good ones in one of them, or in how they are broken. */
export function spoiledLines(lines: readonly unknown[]): fc.Arbitrary<SpoiledLines> {
  const texts: readonly Buffer[] = lines.map((line) => Buffer.from(JSON.stringify(line)));
  const whole = fc.tuple(fc.constantFrom(...BREAKS), fc.constantFrom('', ...BREAKS));
  const good = whole.map(([between, last]) => spoiled('good', joined(texts, between, last)));
  const cut = whole.chain(([between, last]) => {
    const body = joined(texts, between, last);
    return fc.nat(body.length).map((at) => spoiled('cut', body.subarray(0, at)));
  });
  const one = fc
    .nat(lines.length - 1)
    .chain((at) => fc.oneof(...spoiledLine(lines[at]).map((line) => line.map((its) => ({ at, its })))));
  const inOne = fc.tuple(one, whole).map(([{ at, its }, [between, last]]) => ({
    ...its,
    body: joined(texts.with(at, its.body), between, last),
  }));
  return fc.oneof({ weight: 1, arbitrary: good }, { weight: 2, arbitrary: cut }, { weight: 7, arbitrary: inOne });
}

function spoiledLine(line: unknown): fc.Arbitrary<SpoiledLines>[] {
  const asText = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  const value = spoiledValue(line);
  return [
    value.map((its) => spoiled('value', asText(its), !isStorable(its))),
    value.chain(spoiledValue).map((its) => spoiled('values', asText(its), !isStorable(its))),
    spoiledBytes(line).map((bytes) => spoiled('bytes', bytes)),
  ];
}

/** Lines with something in them, by their number from 1; null where the bytes are no text. */
function numbered(body: Buffer): Map<number, string> | null {
  try {
    const lines = new TextDecoder('utf-8', { fatal: true }).decode(body).split('\n');
    return new Map(lines.map((line, at): [number, string] => [at + 1, line]).filter(([, line]) => line.trim() !== ''));
  } catch {
    return null;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What is wrong with lines that were taken: all of them are JSON, and counted. */
export function* faultsOfLinesTaken(sent: Buffer, answer: string): Generator<string> {
  const { received } = JSON.parse(answer) as { readonly received?: number };
  const lines = numbered(sent) ?? new Map<number, string>();
  if (![...lines.values()].every(isJson)) yield 'a line that is no JSON was taken';
  if (received !== lines.size) yield `${received ?? 'none'} of ${lines.size} lines were received`;
}

/** What is wrong with the fields of a refusal: the first line that is no JSON is named by its number, else wrong fields with theirs. */
export function* faultsOfLinesRefused(sent: Buffer, fields: readonly string[]): Generator<string> {
  const lines = numbered(sent);
  const [broken] = [...(lines ?? [])].find(([, line]) => !isJson(line)) ?? [];
  if (lines === null || lines.size === 0) yield* unlike(fields, lines === null ? 'body' : 'recipients');
  else if (broken !== undefined) yield* unlike(fields, `line ${broken}`);
  else if (!fields.every((field) => lines.has(Number(/^line (\d+)\b/.exec(field)?.[1]))))
    yield `it names ${fields.join()}`;
}

function* unlike(fields: readonly string[], expected: string): Generator<string> {
  if (fields.join() !== expected) yield `it names ${fields.join()} in place of ${expected}`;
}

const spoiled = (how: string, body: Buffer, isUnstorable = false): SpoiledLines => ({ how, body, isUnstorable });

const joined = (lines: readonly Buffer[], between: string, last: string): Buffer =>
  Buffer.concat([
    ...lines.flatMap((line, at) => (at === 0 ? [line] : [Buffer.from(between), line])),
    Buffer.from(last),
  ]);
