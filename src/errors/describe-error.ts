import { QueryFailedError } from 'typeorm';

/** What the log says of an unexpected error. */
export interface ErrorDescription {
  readonly name: string;
  readonly code?: string;
  readonly frames: readonly string[];
}

/** Name, code and place: messages are left out, because drivers and parsers quote the values they stumble over. */
export function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) return { name: typeof error, frames: [] };
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  const { code } = cause as { readonly code?: unknown };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { name: error.name, ...(typeof code === 'string' && { code }), frames: frames.map((frame) => frame.trim()) };
}
