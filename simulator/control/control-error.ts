import type { Flaw } from './schema';

/** A control request that cannot be done, and why. */
export class ControlError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly errors: readonly Flaw[] = [],
  ) {
    super(message);
  }
}

export function wrongField(field: string, reason: string): ControlError {
  return new ControlError(422, `${field} ${reason}`, [{ field, reason }]);
}
