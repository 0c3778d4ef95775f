import { isGrpcServiceError } from '@temporalio/client';

/** gRPC: deadline exceeded, resource exhausted, unavailable. */
const SERVER_CODES = new Set([4, 8, 14]);

/** Whether a failed call says that Temporal cannot be reached or is full, rather than that this one call is wrong. */
export function isTemporalDown(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (isGrpcServiceError(cause) && SERVER_CODES.has(cause.code)) return true;
    if (cause instanceof TimedOutError) return true;
  }
  return false;
}

/** Nobody answered within our own patience. */
class TimedOutError extends Error {
  override readonly name = 'TimedOutError';
}

/** Waits for `promise`, but no longer than `ms` of wall clock. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new TimedOutError(`No answer within ${ms} ms.`));
    }, ms);
  });
  try {
    return await Promise.race([promise, patience]);
  } finally {
    clearTimeout(timer);
  }
}
