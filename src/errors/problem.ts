import type { DecisionFacts } from '../../domain/shared/facts';
import type { ProblemCode } from './codes';
import { PROBLEMS } from './codes';

/** One wrong field of a body or query. */
export interface FieldError {
  /** Path of the field, such as `budget.amountMinor` or `recipients[3].subscriberId`. */
  readonly field: string;
  readonly reason: string;
}

/** What a problem may carry beyond its code. */
export interface ProblemExtras {
  /** This occurrence in one sentence without personal data; the code's own sentence when absent. */
  readonly detail?: string | undefined;
  readonly errors?: readonly FieldError[] | undefined;
  /** The rule that refused. */
  readonly ruleId?: string | undefined;
  readonly facts?: DecisionFacts | Readonly<Record<string, unknown>> | undefined;
  /** ISO 8601; when the rule would allow it. */
  readonly allowedAt?: string | undefined;
  /** State of the resource that does not allow it. */
  readonly state?: string | undefined;
  /** Id of the refused thing where it is recorded all the same. */
  readonly id?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** `application/problem+json` (RFC 9457) with a stable code. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly instance?: string;
  readonly errors?: readonly FieldError[];
  readonly ruleId?: string;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly allowedAt?: string;
  readonly state?: string;
  readonly id?: string;
}

/** A request that cannot be carried out, by a code of the one table. Thrown anywhere, written by `ProblemFilter`. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;

  constructor(
    readonly code: ProblemCode,
    readonly extras: ProblemExtras = {},
  ) {
    super(extras.detail ?? PROBLEMS[code].sentence);
    this.status = PROBLEMS[code].status;
  }

  /** One or more wrong fields of a body. */
  static fields(...errors: readonly FieldError[]): Problem {
    return new Problem('VALIDATION.FIELD', { errors });
  }

  /** @param instance - path of the request, without its query */
  body(instance?: string): ProblemBody {
    const { detail: _detail, headers: _headers, ...extras } = this.extras;
    const given = Object.fromEntries(Object.entries(extras).filter(([, value]) => value !== undefined));
    return {
      type: `urn:herald:problem:${this.code}`,
      title: PROBLEMS[this.code].title,
      status: this.status,
      code: this.code,
      detail: this.message,
      ...(instance !== undefined && { instance }),
      ...given,
    };
  }
}
