import { parseExactJson } from './exact-json';
import type { ExchangeOutcome } from './exchange';
import { readGraphError } from './graph-error';
import type { GraphError, GraphResult } from './graph-result';
import { readUsage } from './usage-headers';

type Answered = Extract<ExchangeOutcome, { kind: 'answered' }>;

/** Decides what an answer proves: done, refused, or nothing that may be relied on (protocol §2). */
export function readAnswer<T>(answered: Answered, read: (answer: unknown) => T | undefined): GraphResult<T> {
  const answer = tryParse(answered.text);
  const error = readGraphError(answer, answered.status);
  if (answered.status >= 500) return { kind: 'unknown', reason: 'server_error', ...(error && { error }) };
  if (error !== undefined) return readRefusal(error, answered);
  const value = isSuccess(answered.status) && answer !== undefined ? read(answer) : undefined;
  if (value === undefined) return { kind: 'unknown', reason: 'broken_answer' };
  const { headers } = answered;
  return {
    kind: 'ok',
    value,
    get usage() {
      return readUsage(headers);
    },
  };
}

function readRefusal(error: GraphError, { headers }: Answered): GraphResult<never> {
  if (mayHaveBeenDone(error)) return { kind: 'unknown', reason: 'server_error', error };
  return {
    kind: 'refused',
    error,
    get usage() {
      return readUsage(headers);
    },
  };
}

/** "Unknown error" and "invalid JSON reply": the message may have left all the same (meta-api §14.3). */
function mayHaveBeenDone({ code, subcode }: GraphError): boolean {
  return code === 1 || code === 1_357_046 || subcode === 1_357_046;
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function tryParse(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}
