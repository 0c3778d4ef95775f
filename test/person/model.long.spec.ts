import { describe, it } from '@jest/globals';
import { LONG_LOOK, LOOK_PATIENCE_MS } from '../support/model-runs';
import { checkPerson } from './person-lives';

describe("One person's life, looked at for longer", () => {
  it('goes as a model of it goes', () => checkPerson(LONG_LOOK), LOOK_PATIENCE_MS);
});
