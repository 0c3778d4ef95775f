import { describe, it } from '@jest/globals';
import { checkPerson } from './person-lives';

const RUNS = 1_000;
/** It ends by its number of lives; this only ends one that hangs, also on a busy machine. */
const PATIENCE_MS = 3_000_000;

describe("One person's life", () => {
  it('goes as a model of it goes, whatever comes in whatever order', () => checkPerson(RUNS), PATIENCE_MS);
});
