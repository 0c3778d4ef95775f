import { describe, it } from '@jest/globals';
import { checkLedger } from './ledger-lives';

const RUNS = 1_000;
const PATIENCE_MS = 600_000;

describe('The ledger', () => {
  it('does what a model of it does, whatever happens in whatever order', () => checkLedger(RUNS), PATIENCE_MS);
});
