import { describe, it } from '@jest/globals';
import { SHORT_LOOK, LOOK_PATIENCE_MS } from '../support/model-runs';
import { checkLedger } from './ledger-lives';

describe('The ledger', () => {
  it(
    'does what a model of it does, whatever happens in whatever order',
    () => checkLedger(SHORT_LOOK),
    LOOK_PATIENCE_MS,
  );
});
