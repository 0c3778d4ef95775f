import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { Problem } from '../errors/problem';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** Which part of a list is asked for; every list's query extends it. */
export class PageQueryDto {
  /** Most entries of the answer. */
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_LIMIT,
    default: DEFAULT_LIMIT,
    description: 'Most entries of the answer.',
  })
  @IsOptional()
  @Type(() => Number)
  @Max(MAX_LIMIT)
  @Min(1)
  @IsInt()
  limit: number = DEFAULT_LIMIT;

  /** `nextCursor` of the answer before; absent for the first part. */
  @ApiPropertyOptional({ description: '`nextCursor` of the answer before; absent for the first part.' })
  @IsOptional()
  @IsString()
  cursor?: string;
}

/** One part of a list. */
export interface ListPage<T> {
  readonly data: T[];
  /** null at the end. */
  readonly nextCursor: string | null;
}

/** The class of a list's answer, for OpenAPI: `class TopicListDto extends listOf(TopicDto) {}`. */
export function listOf<T>(entry: new () => T): new () => { data: T[]; nextCursor: string | null } {
  class ListDto {
    @ApiProperty({ type: [entry] }) data!: T[];
    @ApiProperty({
      type: String,
      nullable: true,
      example: null,
      description: 'Cursor of the next part; null at the end.',
    })
    nextCursor!: string | null;
  }
  return ListDto;
}

/** The position after a row, opaque to callers: whatever the list is ordered by, as text. */
function encodeCursor(position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * @param parts - how many values a position of this list has
 * @returns the position, or undefined at the start
 * @throws Problem 400 when the cursor is none of this list's
 */
export function decodeCursor(cursor: string | undefined, parts = 1): readonly string[] | undefined {
  if (cursor === undefined) return undefined;
  const position = readJson(Buffer.from(cursor, 'base64url').toString('utf8'));
  const isPosition = Array.isArray(position) && position.length === parts && position.every(isPlain);
  if (!isPosition) throw badCursor();
  return position.map(String);
}

/**
 * The cursor of a list that is ordered by id.
 *
 * @throws Problem 400 when the cursor holds no id
 */
export function decodeIdCursor(cursor: string | undefined): string | undefined {
  const id = decodeCursor(cursor)?.[0];
  if (id !== undefined && !UUID.test(id)) throw badCursor();
  return id;
}

/** @param found - one row more than `limit` when there is more to come */
export function listPage<Row, T>(
  found: readonly Row[],
  limit: number,
  show: (row: Row) => T,
  positionOf: (row: Row) => readonly (string | number)[],
): ListPage<T> {
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const isMore = found.length > limit && last !== undefined;
  return { data: shown.map(show), nextCursor: isMore ? encodeCursor(positionOf(last)) : null };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const isPlain = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

const badCursor = (): Problem =>
  new Problem('QUERY.UNREADABLE', { errors: [{ field: 'cursor', reason: 'is no cursor of this list' }] });

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
