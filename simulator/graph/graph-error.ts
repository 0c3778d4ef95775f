import { errorText } from './error-texts';

interface ErrorDetails {
  readonly subcode?: number;
  readonly type?: string;
  readonly message?: string;
  readonly userTitle?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** HTTP status by error code where it is not 400. */
const STATUSES: Readonly<Record<number, number>> = { 1: 500, 2: 500, 10: 400, 200: 403, 230: 403 };

const TRANSIENT: ReadonlySet<number> = new Set([1, 2, 4, 17, 32, 613, 80_004, 2_300_078]);

/** A refusal of the platform. */
export class GraphError extends Error {
  constructor(
    readonly code: number,
    readonly details: ErrorDetails = {},
  ) {
    super(details.message ?? errorText(code));
  }

  get status(): number {
    return STATUSES[this.code] ?? 400;
  }

  /** The error as it stands in an answer. */
  body(traceId: string, isDataText = false): unknown {
    const { subcode, type, userTitle, data } = this.details;
    return {
      error: {
        message: this.message.startsWith('(#') ? this.message : `(#${this.code}) ${this.message}`,
        type: type ?? 'OAuthException',
        code: this.code,
        ...(subcode !== undefined && { error_subcode: subcode }),
        ...(userTitle !== undefined && { error_user_title: userTitle, error_user_msg: this.message }),
        ...(TRANSIENT.has(this.code) && { is_transient: true }),
        ...(data && { error_data: isDataText ? JSON.stringify(data) : data }),
        fbtrace_id: traceId,
      },
    };
  }
}

/** The answer for a parameter that is missing or wrong. */
export function badParameter(message: string, subcode?: number): GraphError {
  return new GraphError(100, { message: `(#100) ${message}`, ...(subcode !== undefined && { subcode }) });
}

/** The answer for a path or an id that does not exist, or not for this token. */
export function unknownObject(method: string, id: string): GraphError {
  const message =
    `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to ` +
    'missing permissions, or does not support this operation.';
  return new GraphError(100, { message, subcode: 33, type: 'GraphMethodException' });
}
