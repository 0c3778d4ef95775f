import type { ExamplesObject, ResponseObject, SchemaObject } from '@nestjs/swagger';
import type { ProblemCode } from '../../errors/codes';
import { PROBLEMS } from '../../errors/codes';
import { Problem } from '../../errors/problem';
import type { ProblemExtras } from '../../errors/problem';

/** Headers that some codes bring along. */
const RETRY_AFTER = { description: 'Seconds to wait.', schema: { type: 'integer' } };
const CHALLENGE = { description: 'How to authenticate.', schema: { type: 'string' } };
const HEADERS: Readonly<Record<string, ResponseObject['headers']>> = {
  401: { 'WWW-Authenticate': CHALLENGE },
  409: { 'Retry-After': RETRY_AFTER },
  429: { 'Retry-After': RETRY_AFTER },
  503: { 'Retry-After': RETRY_AFTER },
};

/** What an example of a code shows beyond the code. */
const EXTRAS: Partial<Record<ProblemCode, ProblemExtras>> = {
  'BODY.UNREADABLE': { errors: [{ field: 'body', reason: 'is no valid JSON' }] },
  'QUERY.UNREADABLE': { errors: [{ field: 'limit', reason: 'must not be greater than 200' }] },
  'VALIDATION.FIELD': { errors: [{ field: 'budget.amountMinor', reason: 'must be an integer number' }] },
  'CAMPAIGN.STATE': { state: 'ended' },
  'META.REFUSED': { facts: { metaCode: 190 } },
  'RULE.REFUSED': {
    detail: 'A paid message was accepted for this person less than 24 hours ago.',
    ruleId: 'R-08',
    facts: { lastPaidAt: '2026-11-21T12:00:00.000Z', spacing: 'PT24H' },
    allowedAt: '2026-11-22T12:00:00.000Z',
  },
};

/** The schema of every error body, with every code there is. */
export const PROBLEM_SCHEMA: SchemaObject = {
  type: 'object',
  description: 'RFC 9457 problem with a stable code.',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string', format: 'uri', description: 'The code as a URN.' },
    title: { type: 'string', description: 'Short, the same for every occurrence of the code.' },
    status: { type: 'integer', description: 'HTTP status.' },
    code: { type: 'string', enum: Object.keys(PROBLEMS), description: 'Stable reason code.' },
    detail: { type: 'string', description: 'This occurrence in one sentence.' },
    instance: { type: 'string', description: 'Path of the request.' },
    errors: {
      type: 'array',
      description: 'The wrong fields.',
      items: {
        type: 'object',
        required: ['field', 'reason'],
        properties: { field: { type: 'string' }, reason: { type: 'string' } },
      },
    },
    ruleId: { type: 'string', description: 'The rule that refuses.' },
    facts: { type: 'object', description: 'What the decision looked at.', additionalProperties: true },
    allowedAt: { type: 'string', format: 'date-time', description: 'When the rule would allow it.' },
    state: { type: 'string', description: 'The state that does not allow it.' },
    id: { type: 'string', format: 'uuid', description: 'What was recorded of the refused request.' },
  },
};

/** An example of each code, once for the whole document. */
export const PROBLEM_EXAMPLES: ExamplesObject = Object.fromEntries(
  (Object.keys(PROBLEMS) as ProblemCode[]).map((code) => [
    code,
    { summary: PROBLEMS[code].title, value: new Problem(code, EXTRAS[code]).body() },
  ]),
);

/** One response for each status that the codes come with, an example for each code. */
export function problemResponses(codes: readonly ProblemCode[]): Record<string, ResponseObject> {
  const statuses = new Set(codes.map((code) => PROBLEMS[code].status));
  return Object.fromEntries(
    [...statuses]
      .sort((a, b) => a - b)
      .map((status) => {
        const ofStatus = [...new Set(codes)].filter((code) => PROBLEMS[code].status === status);
        return [String(status), responseOf(status, ofStatus)];
      }),
  );
}

function responseOf(status: number, codes: readonly ProblemCode[]): ResponseObject {
  const examples: ExamplesObject = Object.fromEntries(
    codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
  );
  const headers = HEADERS[String(status)];
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, examples } },
    ...(headers && { headers }),
  };
}
