import type { FieldError } from '../errors/problem';
import { Problem } from '../errors/problem';
import { requireStorable } from '../http/storable';
import { isRecord } from '../input/content';
import type { ChosenRecipient } from '../ledger/queue-chosen';
import { contentErrors } from '../input/require-content';
import type { JsonObject } from '../../domain/content/json';
import { recipientErrors } from './recipient-errors';

/** Most people of one call. */
const MAX_RECIPIENTS = 10_000;
/** Enough to find the mistake; a body can have a million of them. */
const MAX_ERRORS = 100;

/** A call of `…/messages`, read. */
export interface ChosenBody {
  readonly content: JsonObject | null;
  readonly recipients: readonly ChosenRecipient[];
}

/**
 * Reads the JSON form of a call.
 *
 * @throws Problem 422 naming the wrong fields
 */
export function readChosen(body: unknown): ChosenBody {
  if (!isRecord(body)) throw Problem.fields({ field: 'body', reason: 'must be a JSON object' });
  const { content, recipients, ...others } = body;
  const errors = Object.keys(others).map((name): FieldError => ({
    field: name || '""',
    reason: 'is not a field here',
  }));
  if (content !== undefined) errors.push(...contentErrors(content, 'paid', 'content'));
  if (!Array.isArray(recipients)) throw Problem.fields(...errors, { field: 'recipients', reason: 'must be a list' });
  errors.push(...listErrors(recipients));
  if (errors.length > 0) throw Problem.fields(...errors.slice(0, MAX_ERRORS));
  return { content: (content as JsonObject | undefined) ?? null, recipients: recipients.map(toRecipient) };
}

/**
 * Reads the NDJSON form: a recipient a line; empty lines are none.
 *
 * @throws Problem 400 naming the line that is no JSON, 422 naming the line and its wrong fields
 */
export function readChosenLines(body: Buffer): ChosenBody {
  const lines = [...linesOf(decoded(body))];
  const miscounted = countErrors(lines.length);
  if (miscounted.length > 0) throw Problem.fields(...miscounted);
  const recipients = lines.map(readLine);
  const errors = recipients.flatMap((recipient, index) => recipientErrors(recipient, placeOf(lines[index])));
  if (errors.length > 0) throw Problem.fields(...errors.slice(0, MAX_ERRORS));
  return { content: null, recipients: recipients.map(toRecipient) };
}

interface Line {
  readonly text: string;
  /** From 1, empty lines counted. */
  readonly number: number;
}

/** The lines with something in them, and no more than show that there are too many: a body can have millions. */
function* linesOf(text: string): Generator<Line> {
  let found = 0;
  for (let from = 0, number = 1; from < text.length && found <= MAX_RECIPIENTS; number += 1) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end < 0 ? undefined : end);
    from += line.length + 1;
    if (line.trim() === '') continue;
    found += 1;
    yield { text: line, number };
  }
}

const placeOf = (line: Line | undefined): string => `line ${line?.number ?? 0}`;

function decoded(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new Problem('BODY.UNREADABLE', { errors: [{ field: 'body', reason: 'is no valid UTF-8' }] });
  }
}

function readLine(line: Line): unknown {
  const place = placeOf(line);
  try {
    const read: unknown = JSON.parse(line.text);
    requireStorable(read, 'VALIDATION.FIELD', place);
    return read;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('BODY.UNREADABLE', { errors: [{ field: place, reason: 'is no valid JSON' }] });
  }
}

function listErrors(recipients: readonly unknown[]): FieldError[] {
  const miscounted = countErrors(recipients.length);
  if (miscounted.length > 0) return miscounted;
  return recipients.flatMap((recipient, index) => recipientErrors(recipient, `recipients[${index}]`));
}

function countErrors(count: number): FieldError[] {
  if (count === 0) return [{ field: 'recipients', reason: 'must name at least one person' }];
  return count > MAX_RECIPIENTS ? [{ field: 'recipients', reason: `must have at most ${MAX_RECIPIENTS} entries` }] : [];
}

/** Ids are written in lower case, as Postgres gives them back. */
const toRecipient = (checked: unknown): ChosenRecipient => {
  const { subscriberId, ...rest } = checked as ChosenRecipient;
  return { ...rest, subscriberId: subscriberId.toLowerCase() };
};
