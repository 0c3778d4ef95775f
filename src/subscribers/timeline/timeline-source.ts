import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { PlacedEntry, TimelinePosition } from './timeline-position';

/** What a timeline is asked for. */
export interface TimelineQuestion {
  readonly subscriberId: string;
  readonly after: TimelinePosition | undefined;
  /** Most entries that are needed. */
  readonly limit: number;
}

/** One place where things that happened to a person are written. */
export type TimelineSource = (manager: EntityManager, question: TimelineQuestion) => Promise<readonly PlacedEntry[]>;

/**
 * Narrows a query to the entries after a position and takes as many as are needed.
 *
 * @param at - SQL of the entry's moment
 * @param row - SQL of the entry's row id, as the position writes it
 */
export function following<T extends ObjectLiteral>(
  query: SelectQueryBuilder<T>,
  { after, limit }: TimelineQuestion,
  columns: { readonly at: string; readonly row: string; readonly rank: number },
): SelectQueryBuilder<T> {
  const at = `date_trunc('milliseconds', ${columns.at})`;
  query.orderBy(at, 'ASC').addOrderBy(columns.row, 'ASC').limit(limit);
  if (after === undefined) return query;
  const parameters = { afterAt: new Date(after.atMs), afterRow: after.row };
  if (columns.rank > after.rank) return query.andWhere(`${at} >= :afterAt`, parameters);
  if (columns.rank < after.rank) return query.andWhere(`${at} > :afterAt`, parameters);
  return query.andWhere(`(${at}, ${columns.row}) > (:afterAt, :afterRow)`, parameters);
}
