import { describe, it } from '@jest/globals';
import { checkLedger } from './ledger-lives';

const RUNS = 1_000;
/** It ends by its number of lives; this only ends one that hangs, also on a busy machine. */
const PATIENCE_MS = 3_000_000;

describe('The ledger', () => {
  it('does what a model of it does, whatever happens in whatever order', () => checkLedger(RUNS), PATIENCE_MS);
});
