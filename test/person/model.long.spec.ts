import { describe, it } from '@jest/globals';
import { checkPerson } from './person-lives';

const RUNS = 10_000;
const TIME_LIMIT_MS = 180_000;

describe("One person's life, looked at for longer", () => {
  it('goes as a model of it goes', () => checkPerson(RUNS, TIME_LIMIT_MS), 2 * TIME_LIMIT_MS);
});
