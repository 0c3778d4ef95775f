import type { DecisionFacts } from '../shared/facts';
import type { ErrorClass } from './failure-codes';
import { classOfCode, codeOfNewerTable, isDirectSendCode } from './failure-codes';

/** Meta's answer to a send that was not accepted, or the lack of one. */
export interface GraphFailure {
  /** Null when no complete answer came: time-out, reset, cut off. */
  readonly httpStatus: number | null;
  /** Null when the answer carries no error that can be read. */
  readonly code: number | null;
  readonly subcode: number | null;
  /** Meta's `error_data.remaining_seconds`. */
  readonly remainingSeconds: number | null;
  /** The text of the error speaks of a budget, a balance or spending. */
  readonly speaksOfMoney: boolean;
  /** Meta's `is_transient`. */
  readonly isTransient: boolean;
}

/** What a failure is. */
export interface ClassifiedFailure {
  /** `lost`: nobody knows whether Meta took the message. `unlisted`: a code that stands in no table. */
  readonly kind: ErrorClass | 'lost' | 'unlisted';
  /** Meta's code in the newer numbering, 0 when there was none. */
  readonly code: number;
}

const UNCERTAIN_CODES = [1, 1_357_046];

/**
 * Sorts a failure into the classes of Meta's errors.
 *
 * A message counts as not taken only after a complete refusal with a code; server errors, broken answers and Meta's
 * own "unknown error" leave it open.
 *
 * @param failure - the answer
 */
export function classifyFailure(failure: GraphFailure): ClassifiedFailure {
  if (failure.httpStatus === null || failure.httpStatus >= 500 || failure.code === null) {
    return { kind: 'lost', code: failure.code ?? 0 };
  }
  const code = codeOf(failure.code, failure);
  if (UNCERTAIN_CODES.includes(code)) return { kind: 'lost', code };
  return { kind: classOfCode(code, failure.subcode) ?? (failure.isTransient ? 'L' : 'unlisted'), code };
}

/** Direct send may put its code into either field. */
function codeOf(code: number, { subcode, remainingSeconds, speaksOfMoney }: GraphFailure): number {
  const named = !isDirectSendCode(code) && isDirectSendCode(subcode) ? subcode : code;
  return codeOfNewerTable(named, remainingSeconds !== null || speaksOfMoney);
}

/**
 * What the ledger keeps of a failure.
 *
 * @param failure - the answer
 */
export function failureFacts(failure: GraphFailure): DecisionFacts {
  const { kind, code } = classifyFailure(failure);
  return {
    code: failure.code,
    subcode: failure.subcode,
    ...(failure.code !== null && code !== failure.code ? { readAs: code } : {}),
    httpStatus: failure.httpStatus,
    errorClass: kind,
    ...(failure.remainingSeconds === null ? {} : { remainingSeconds: failure.remainingSeconds }),
  };
}
