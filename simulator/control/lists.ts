import { cursorOf, positionOf } from '../server/cursor';
import type { HttpAnswer } from '../server/http';
import { jsonAnswer } from '../server/http';
import type { ControlCall } from './call';
import { ControlError } from './control-error';

const USUAL_LIMIT = 1_000;
const MOST_ROWS = 10_000;

/** Part of a list: `{data, nextCursor}`, the cursor null at the end. Rows that `show` makes nothing of are left out. */
export function listAnswer<R>(call: ControlCall, rows: Iterable<R>, show: (row: R) => object | undefined): HttpAnswer {
  const limit = readLimit(call);
  const start = readCursor(call);
  const data: object[] = [];
  let position = 0;
  for (const row of rows) {
    const shown = position >= start ? show(row) : undefined;
    if (shown && data.length === limit) return jsonAnswer(200, { data, nextCursor: cursorOf(position) });
    if (shown) data.push(shown);
    position += 1;
  }
  return jsonAnswer(200, { data, nextCursor: null });
}

function readLimit({ query }: ControlCall): number {
  const limit = Number(query.get('limit') ?? USUAL_LIMIT);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST_ROWS) return limit;
  throw new ControlError(400, `limit must be between 1 and ${MOST_ROWS}`);
}

function readCursor({ query }: ControlCall): number {
  const cursor = query.get('cursor');
  if (cursor === null) return 0;
  const position = positionOf(cursor);
  if (position !== undefined) return position;
  throw new ControlError(400, 'cursor is none of this list');
}
