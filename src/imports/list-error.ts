import { classifyFailure } from '../../domain/delivery/classify-failure';
import { graphFailure } from '../graph-api/graph-failure';
import type { GraphError, GraphResult } from '../graph-api/graph-result';

/** Meta does not let the list be read, and will not when it is asked again. */
export class ListRefusedError extends Error {
  override readonly name = 'ListRefusedError';
}

/** The list could not be read now. */
class ListUnavailableError extends Error {
  override readonly name = 'ListUnavailableError';
}

/** Why a page of the list did not come, in codes; rates and passing troubles are tried again. */
export function listError(result: Exclude<GraphResult<unknown>, { kind: 'ok' }>): Error {
  if (result.kind !== 'refused') return new ListUnavailableError(`Meta gave no list: ${result.reason}.`);
  const reason = `Meta refused the list: code ${result.error.code}.`;
  return isPassing(result.error) ? new ListUnavailableError(reason) : new ListRefusedError(reason);
}

function isPassing(error: GraphError): boolean {
  const { kind } = classifyFailure(graphFailure(error));
  return error.isTransient || kind === 'lost' || kind === 'K' || kind === 'L';
}

/** Codes by which Meta says that there is no such token. */
const NOT_THERE = new Set([100, 803]);

/** Whether Meta's answer to one token proves that it is no longer there. */
export const isNotThere = (result: GraphResult<unknown>): boolean =>
  result.kind === 'refused' && NOT_THERE.has(result.error.code);
