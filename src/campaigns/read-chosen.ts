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
  const errors = Object.keys(others).map((field): FieldError => ({ field, reason: 'is not a field here' }));
  if (content !== undefined) errors.push(...contentErrors(content, 'paid', 'content'));
  if (!Array.isArray(recipients)) throw Problem.fields(...errors, { field: 'recipients', reason: 'must be a list' });
  errors.push(...listErrors(recipients));
  if (errors.length > 0) throw Problem.fields(...errors.slice(0, MAX_ERRORS));
  return { content: (content as JsonObject | undefined) ?? null, recipients: recipients.map(toRecipient) };
}

/**
 * Reads the NDJSON form: a recipient a line; empty lines are none.
 *
 * @throws Problem 400 naming the line that is no JSON, 422 naming the wrong fields
 */
export function readChosenLines(body: Buffer): ChosenBody {
  const lines = decoded(body).split('\n');
  const recipients = lines.flatMap((line, index) => (line.trim() === '' ? [] : [readLine(line, index + 1)]));
  requireStorable(recipients, 'VALIDATION.FIELD', 'recipients');
  const errors = listErrors(recipients);
  if (errors.length > 0) throw Problem.fields(...errors.slice(0, MAX_ERRORS));
  return { content: null, recipients: recipients.map(toRecipient) };
}

function decoded(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new Problem('BODY.UNREADABLE', { errors: [{ field: 'body', reason: 'is no valid UTF-8' }] });
  }
}

function readLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Problem('BODY.UNREADABLE', { errors: [{ field: `line ${number}`, reason: 'is no valid JSON' }] });
  }
}

function listErrors(recipients: readonly unknown[]): FieldError[] {
  if (recipients.length === 0) return [{ field: 'recipients', reason: 'must name at least one person' }];
  if (recipients.length > MAX_RECIPIENTS) {
    return [{ field: 'recipients', reason: `must have at most ${MAX_RECIPIENTS} entries` }];
  }
  return recipients.flatMap((recipient, index) => recipientErrors(recipient, `recipients[${index}]`));
}

/** Ids are written in lower case, as Postgres gives them back. */
const toRecipient = (checked: unknown): ChosenRecipient => {
  const { subscriberId, ...rest } = checked as ChosenRecipient;
  return { ...rest, subscriberId: subscriberId.toLowerCase() };
};
