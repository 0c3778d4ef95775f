import type { GraphResult } from './graph-result';
import { asRecord, asText } from './tolerant-json';

/** One page of a list and the cursor of the next; no cursor on the last. */
export interface CursorPage {
  readonly after: string | undefined;
}

/**
 * Reads page after page. A result that is not `ok` is the last one; a cursor that comes back again would never end, so
 * it counts as a broken answer.
 */
export async function* walkPages<P extends CursorPage>(
  readPage: (after: string | undefined) => Promise<GraphResult<P>>,
): AsyncGenerator<GraphResult<P>, void, undefined> {
  const seen = new Set<string>();
  let after: string | undefined;
  do {
    if (after !== undefined) seen.add(after);
    const page = await readPage(after);
    after = page.kind === 'ok' ? page.value.after : undefined;
    const isCircle = after !== undefined && seen.has(after);
    yield isCircle ? { kind: 'unknown', reason: 'broken_answer' } : page;
    if (isCircle) return;
  } while (after !== undefined);
}

/**
 * The cursor of the next page, or nothing on the last one (meta-api §2.4). Only the cursor is taken from `next`: the
 * address itself may carry a token and lead to another host.
 */
export function nextCursor(answer: unknown): string | undefined {
  const paging = asRecord(asRecord(answer)?.['paging']);
  const next = asText(paging?.['next']);
  if (next === undefined) return undefined;
  return asText(asRecord(paging?.['cursors'])?.['after']) ?? cursorOfAddress(next);
}

function cursorOfAddress(address: string): string | undefined {
  return URL.canParse(address) ? (new URL(address).searchParams.get('after') ?? undefined) : undefined;
}
