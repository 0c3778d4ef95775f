import type { ProblemCode } from '../../errors/codes';
import type { DocumentedCall } from './documented-call';

/** A query is looked at on every call, also where none is expected. */
const WITH_KEY = [
  'QUERY.UNREADABLE',
  'AUTH.KEY_MISSING',
  'AUTH.KEY_INVALID',
  'AUTH.SCOPE_MISSING',
  'RATE.LIMITED',
] as const;
/** So is a body: what comes with a command or a deletion that needs none is read, too. */
const WITH_BODY = ['BODY.UNREADABLE', 'BODY.TOO_LARGE', 'BODY.TYPE_UNSUPPORTED', 'VALIDATION.FIELD'] as const;
const IDEMPOTENT = ['IDEMPOTENCY.KEY_UNREADABLE', 'IDEMPOTENCY.RUNNING', 'IDEMPOTENCY.OTHER_BODY'] as const;

/** Every code a call can answer: its own, and those that come with key, path, query, body and idempotency key. */
export function problemCodesOf({
  operation,
  path,
  problems,
  scopes,
  isIdempotent,
  isRead,
}: DocumentedCall): ProblemCode[] {
  const asksForKey = scopes.length > 0;
  const hasQuery = operation.parameters?.some((parameter) => 'in' in parameter && parameter.in === 'query') === true;
  return [
    ...problems,
    ...when(asksForKey, ...WITH_KEY, 'INTERNAL', 'UNAVAILABLE'),
    ...when(!asksForKey, 'REQUEST.UNREADABLE'),
    ...when(asksForKey && path.includes('{'), 'NOT_FOUND'),
    ...when(hasQuery, 'QUERY.UNREADABLE'),
    ...when(asksForKey && !isRead, ...WITH_BODY),
    ...when(isIdempotent, ...IDEMPOTENT),
  ];
}

const when = (holds: boolean, ...codes: ProblemCode[]): ProblemCode[] => (holds ? codes : []);
