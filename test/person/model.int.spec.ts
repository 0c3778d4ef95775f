import { describe, it } from '@jest/globals';
import { checkPerson } from './person-lives';

const RUNS = 1_000;
const PATIENCE_MS = 600_000;

describe("One person's life", () => {
  it('goes as a model of it goes, whatever comes in whatever order', () => checkPerson(RUNS), PATIENCE_MS);
});
