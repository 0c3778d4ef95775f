import { describe, it } from '@jest/globals';
import { LONG_LOOK, LOOK_PATIENCE_MS } from '../support/model-runs';
import { checkLedger } from './ledger-lives';

describe('The ledger, looked at for longer', () => {
  it('does what a model of it does', () => checkLedger(LONG_LOOK), LOOK_PATIENCE_MS);
});
