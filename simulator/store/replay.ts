import {
  closeSync,
  createReadStream,
  existsSync,
  openSync,
  renameSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import type { JournalLine } from './journal';
import type { Change, JournalSource } from './table';

const NEWLINE = 0x0a;
const CHANGES_PER_LINE = 1_000;

/** Beyond this size a journal is rewritten at start with nothing but the rows that are left. */
const COMPACT_ABOVE_BYTES = 64 * 1024 * 1024;

/**
 * Puts every complete line of the journal back into the tables and cuts off a last line that a kill tore.
 * @returns the sequence number of the last line, 0 for a new journal
 */
export async function replayJournal(path: string, sources: readonly JournalSource[]): Promise<number> {
  if (!existsSync(path)) return 0;
  const byName = new Map(sources.map((source) => [source.name, source]));
  let sequence = 0;
  let completeBytes = 0;
  for await (const line of completeLines(path)) {
    const { q, c } = JSON.parse(line.toString()) as JournalLine;
    for (const [table, id, row] of c) byName.get(table)?.replay(id, row);
    sequence = q;
    completeBytes += line.length + 1;
  }
  truncateSync(path, completeBytes);
  return sequence;
}

async function* completeLines(path: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    let data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = data.indexOf(NEWLINE); end >= 0; end = data.indexOf(NEWLINE)) {
      yield data.subarray(0, end);
      data = data.subarray(end + 1);
    }
    rest = data;
  }
}

/** Rewrites a large journal; the new one takes the old one's place in a single rename. */
export function compactJournal(path: string, sources: readonly JournalSource[], sequence: number): void {
  if (!existsSync(path) || statSync(path).size < COMPACT_ABOVE_BYTES) return;
  const next = `${path}.next`;
  const file = openSync(next, 'w');
  for (const changes of chunks(sources)) {
    const line: JournalLine = { q: sequence, c: changes };
    writeSync(file, `${JSON.stringify(line)}\n`);
  }
  closeSync(file);
  renameSync(next, path);
}

function* chunks(sources: readonly JournalSource[]): Generator<Change[]> {
  let chunk: Change[] = [];
  for (const source of sources) {
    for (const change of source.snapshot()) {
      chunk.push(change);
      if (chunk.length === CHANGES_PER_LINE) {
        yield chunk;
        chunk = [];
      }
    }
  }
  if (chunk.length > 0) yield chunk;
}
