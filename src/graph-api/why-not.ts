import type { GraphResult } from './graph-result';

/** Why a call came to nothing, in codes, safe to log and to store; null when Meta did what was asked. */
export function whyNot(result: GraphResult<unknown>): string | null {
  switch (result.kind) {
    case 'ok':
      return null;
    case 'refused':
      return `Meta refused: code ${result.error.code}`;
    case 'unknown':
      return `No usable answer: ${result.reason}`;
    case 'not_sent':
      return `Not sent: ${result.reason}`;
  }
}
