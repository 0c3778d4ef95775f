import { describe, it } from '@jest/globals';
import { checkLedger } from './ledger-lives';

const RUNS = 10_000;
const TIME_LIMIT_MS = 180_000;

describe('The ledger, looked at for longer', () => {
  it('does what a model of it does', () => checkLedger(RUNS, TIME_LIMIT_MS), 2 * TIME_LIMIT_MS);
});
