import { cursorOf, positionOf } from '../server/cursor';
import type { GraphAnswer, GraphCall } from './call';
import { badParameter } from './graph-error';

interface PageOfRows {
  readonly rows: readonly unknown[];
  /** Positions before the first and after the last row shown. */
  readonly from: number;
  readonly to: number;
  readonly hasMore: boolean;
}

/** Where a list goes on: the position in its `after` cursor, 0 without one. */
export function startOf(call: GraphCall): number {
  const cursor = call.params.text('after');
  if (!cursor) return 0;
  const position = positionOf(cursor);
  if (position === undefined) throw badParameter('Invalid cursors values');
  return position;
}

/** How many rows are asked for. @throws GraphError 100 above `most` */
export function limitOf(call: GraphCall, usual: number, most: number): number {
  const limit = call.params.integer('limit') ?? usual;
  if (limit < 1 || limit > most) throw badParameter(`Param limit must be between 1 and ${most}.`);
  return limit;
}

/** Rows in the platform's frame; `next` is absent at the end. */
export function pageAnswer(call: GraphCall, { rows, from, to, hasMore }: PageOfRows): GraphAnswer {
  if (rows.length === 0) return { data: [] };
  const cursors = { before: cursorOf(from), after: cursorOf(to) };
  return { data: rows, paging: { cursors, ...(hasMore && { next: nextUrl(call, cursors.after) }) } };
}

function nextUrl(call: GraphCall, after: string): string {
  const query = call.params.queryCopy();
  query.set('after', after);
  return `${call.origin}/${call.version}/${call.parts.join('/')}?${query.toString()}`;
}
