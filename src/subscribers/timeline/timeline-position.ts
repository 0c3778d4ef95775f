import { Problem } from '../../errors/problem';
import { decodeCursor } from '../../http/paging';
import type { TimelineEntryDto } from '../dto/timeline-entry.dto';

/** Where an entry stands: by its moment, then by what kind of source it comes from, then by its row. */
export interface TimelinePosition {
  /** Milliseconds since the Unix epoch (UTC). */
  readonly atMs: number;
  /** Order of the sources among entries of the same moment. */
  readonly rank: number;
  /** Id of the row; whole numbers are padded, so that they sort as text. */
  readonly row: string;
}

/** An entry and where it stands. */
export interface PlacedEntry {
  readonly position: TimelinePosition;
  readonly entry: TimelineEntryDto;
}

/** Oldest first. */
export const byPosition = (a: PlacedEntry, b: PlacedEntry): number => compare(a.position, b.position);

/** Whether a position comes after another, or anywhere when there is no other. */
export const isAfter = (position: TimelinePosition, other: TimelinePosition | undefined): boolean =>
  other === undefined || compare(position, other) > 0;

function compare(a: TimelinePosition, b: TimelinePosition): number {
  return a.atMs - b.atMs || a.rank - b.rank || (a.row < b.row ? -1 : Number(a.row > b.row));
}

/** @returns the parts of a cursor */
export const cursorOf = ({ position }: PlacedEntry): readonly (string | number)[] => [
  position.atMs,
  position.rank,
  position.row,
];

/** @throws Problem 400 when the cursor is none of a timeline */
export function readPosition(cursor: string | undefined): TimelinePosition | undefined {
  const [at, rank, row] = decodeCursor(cursor, 3) ?? [];
  if (at === undefined || rank === undefined || row === undefined) return undefined;
  const position = { atMs: Number(at), rank: Number(rank), row };
  if (isMoment(position.atMs) && Number.isSafeInteger(position.rank) && ROW.test(row)) return position;
  throw new Problem('QUERY.UNREADABLE', { errors: [{ field: 'cursor', reason: 'is no cursor of this list' }] });
}

/** Up to the end of the year 9999. */
const isMoment = (ms: number): boolean => Number.isSafeInteger(ms) && ms >= 0 && ms < 253_402_300_800_000;

/** A UUID or a padded whole number. */
const ROW = /^[0-9a-f-]{1,36}$/i;
