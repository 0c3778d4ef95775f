import { describe, it } from '@jest/globals';
import { SHORT_LOOK, LOOK_PATIENCE_MS } from '../support/model-runs';
import { checkPerson } from './person-lives';

describe("One person's life", () => {
  it('goes as a model of it goes, whatever comes in whatever order', () => checkPerson(SHORT_LOOK), LOOK_PATIENCE_MS);
});
