/** What one reason code means to whoever gets it. */
export interface ProblemKind {
  /** HTTP status. */
  readonly status: number;
  /** Short and the same for every occurrence. */
  readonly title: string;
  /** What to do about it, when the place that refuses has nothing more exact to say. */
  readonly sentence: string;
}

/** Every reason code of the API, once. Codes are stable; `docs` and OpenAPI list them from here. */
export const PROBLEMS = {
  'BODY.UNREADABLE': {
    status: 400,
    title: 'The body cannot be read',
    sentence: 'Send JSON in UTF-8 with content type application/json.',
  },
  'QUERY.UNREADABLE': {
    status: 400,
    title: 'The query cannot be read',
    sentence: 'Correct the parameters named in errors; lists take limit (1-200) and the cursor of an earlier answer.',
  },
  'IDEMPOTENCY.KEY_UNREADABLE': {
    status: 400,
    title: 'The Idempotency-Key cannot be read',
    sentence: 'Send 1 to 255 printable ASCII characters.',
  },
  'REQUEST.UNREADABLE': {
    status: 400,
    title: 'The request cannot be read',
    sentence: 'The request is no valid HTTP.',
  },
  'AUTH.KEY_MISSING': {
    status: 401,
    title: 'An API key is needed',
    sentence: 'Send the header Authorization: Bearer <API key>.',
  },
  'AUTH.KEY_INVALID': {
    status: 401,
    title: 'The API key is not valid',
    sentence: 'The key is unknown, revoked or expired.',
  },
  'AUTH.SIGNATURE_INVALID': {
    status: 401,
    title: 'The signature is not valid',
    sentence: 'Sign the raw body with the app secret: X-Hub-Signature-256: sha256=<hex>.',
  },
  'AUTH.SCOPE_MISSING': {
    status: 403,
    title: 'The API key may not do this',
    sentence: 'Use a key with the scope that is named.',
  },
  'WEBHOOK.VERIFY_TOKEN_INVALID': {
    status: 403,
    title: 'The verify token is not ours',
    sentence: 'Enter the verify token of this installation at Meta.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'Not found',
    sentence: 'There is nothing at this address for this key.',
  },
  'IDEMPOTENCY.RUNNING': {
    status: 409,
    title: 'The same request is still running',
    sentence: 'Send it again after Retry-After seconds to get its answer.',
  },
  'PAGE.ALREADY_CONNECTED': {
    status: 409,
    title: 'The Page is connected already',
    sentence: 'Change the connected Page, or disconnect it first.',
  },
  'CAMPAIGN.STATE': {
    status: 409,
    title: 'Not possible in the state of the campaign',
    sentence: 'The state of the campaign does not allow this.',
  },
  'CAMPAIGN.BUDGET_COMMITTED': {
    status: 409,
    title: 'The budget is committed',
    sentence: 'A budget cannot go below what is reserved and spent.',
  },
  'BODY.TOO_LARGE': {
    status: 413,
    title: 'The body is too large',
    sentence: 'Bodies may have 1 MiB, messages of a campaign 32 MiB.',
  },
  'BODY.TYPE_UNSUPPORTED': {
    status: 415,
    title: 'The content type is not supported',
    sentence: 'Send application/json.',
  },
  'VALIDATION.FIELD': {
    status: 422,
    title: 'A field is wrong',
    sentence: 'Correct the fields named in errors.',
  },
  'RULE.REFUSED': {
    status: 422,
    title: 'A rule refuses this',
    sentence: 'See ruleId, facts and, where time changes it, allowedAt.',
  },
  'META.REFUSED': {
    status: 422,
    title: 'Meta refuses this',
    sentence: 'See metaCode in facts and the reference of the Graph API.',
  },
  'IDEMPOTENCY.OTHER_BODY': {
    status: 422,
    title: 'The Idempotency-Key was used with another body',
    sentence: 'Use a new key for a new request.',
  },
  'RATE.LIMITED': {
    status: 429,
    title: 'Too many requests',
    sentence: 'Send again after Retry-After seconds.',
  },
  INTERNAL: {
    status: 500,
    title: 'Something went wrong here',
    sentence: 'The request was not carried out; the log has the reason under this request id.',
  },
  'META.UNREACHABLE': {
    status: 502,
    title: 'Meta gave no usable answer',
    sentence: 'Nothing was changed here; send it again.',
  },
  UNAVAILABLE: {
    status: 503,
    title: 'Not available at the moment',
    sentence: 'The database does not answer; send it again.',
  },
} as const satisfies Record<string, ProblemKind>;

/** A reason code of the API. */
export type ProblemCode = keyof typeof PROBLEMS;
