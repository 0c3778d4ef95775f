/** What one call to Meta came to. Refusals and broken networks are values: the caller decides what each one means. */
export type GraphResult<T> = GraphOk<T> | GraphRefused | GraphUnknown | GraphNotSent;

/** Meta did what was asked. */
interface GraphOk<T> {
  readonly kind: 'ok';
  readonly value: T;
  readonly usage: GraphUsage;
}

/** Meta answered completely and said no: nothing was done. */
interface GraphRefused {
  readonly kind: 'refused';
  readonly error: GraphError;
  readonly usage: GraphUsage;
}

/** Bytes left and no trustworthy answer came back: it may have been done or not. */
interface GraphUnknown {
  readonly kind: 'unknown';
  readonly reason: UnknownReason;
  readonly error?: GraphError;
}

/** No byte of the request left this process, so nothing can have been done. */
interface GraphNotSent {
  readonly kind: 'not_sent';
  readonly reason: NotSentReason;
}

export type UnknownReason = 'timeout' | 'connection_lost' | 'broken_answer' | 'server_error';

export type NotSentReason = 'connection_failed' | 'name_not_resolved' | 'too_late' | 'client_closed';

/** Meta's refusal without Meta's texts, tokens or person ids: safe to log and to store. */
export interface GraphError {
  /** Marketing message codes (2300000 and up) stand here, also when Meta put them into the subcode. */
  readonly code: number;
  readonly subcode?: number;
  readonly httpStatus: number;
  readonly type: string;
  readonly isTransient: boolean;
  /** How long Meta asks to wait, seconds. */
  readonly remainingSeconds?: number;
  /** True when Meta's text speaks of budget, balance or spending; meta-api §14.2 needs it for 2300069–79. */
  readonly speaksOfMoney: boolean;
  /** Meta's short title for an operator, such as "Your budget is too low"; it names no person. */
  readonly userTitle?: string;
  /** Names this answer to Meta's support. */
  readonly fbtraceId?: string;
}

/** How much of Meta's call limits is used, by the fullest of the limits it named. */
export interface GraphUsage {
  /** Percent of the limit; 100 and more means blocked. */
  readonly percent: number;
  /** How long until calls are taken again, milliseconds; 0 when Meta did not say. */
  readonly regainAfterMs: number;
}
