/** The kind of a reset that was asked for and is not done, in the outbox lane `sandbox`. */
export const RESET = 'sandbox_reset';

/** Under which its `Idempotency-Key` stands: the one answer that outlives a reset. */
export const RESET_OPERATION = 'POST /v1/sandbox/reset';
