import type { FieldError } from '../errors/problem';
import { isRecord } from '../input/content';
import { contentErrors } from '../input/require-content';
import { isUuid } from '../security/uuid-v7';

const MAX_VARIABLES = 50;
const MAX_VALUE = 2_000;

/** What is wrong with one chosen person; written by hand, for there are ten thousand of them in a call. */
export function recipientErrors(recipient: unknown, place: string): FieldError[] {
  if (!isRecord(recipient)) return [{ field: place, reason: 'must be an object' }];
  const { subscriberId, content, variables, ...others } = recipient;
  const errors = Object.keys(others).map((name) => ({ field: `${place}.${name}`, reason: 'is not a field here' }));
  if (typeof subscriberId !== 'string' || !isUuid(subscriberId)) {
    errors.push({ field: `${place}.subscriberId`, reason: 'must be an id (UUID)' });
  }
  if (content !== undefined) errors.push(...contentErrors(content, 'paid', `${place}.content`));
  if (variables !== undefined) errors.push(...variableErrors(variables, `${place}.variables`));
  return errors;
}

function variableErrors(variables: unknown, place: string): FieldError[] {
  if (!isRecord(variables)) return [{ field: place, reason: 'must be an object' }];
  const entries = Object.entries(variables);
  if (entries.length > MAX_VARIABLES) return [{ field: place, reason: `must have at most ${MAX_VARIABLES} values` }];
  return entries
    .filter(([, value]) => !isValue(value))
    .map(([name]) => ({
      field: `${place}.${name}`,
      reason: `must be a number, or a text of at most ${MAX_VALUE} characters`,
    }));
}

const isValue = (value: unknown): boolean =>
  typeof value === 'string' ? value.length <= MAX_VALUE : typeof value === 'number' && Number.isFinite(value);
