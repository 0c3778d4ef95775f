import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Fuzz } from './fuzz';
import type { FuzzSettings } from './fuzz-settings';
import { fuzzSettings } from './fuzz-settings';
import { named, OPEN_READS, TENANT_OPERATIONS } from './operations';
import { StrangersWorld } from './world';

/** Here is no worker, and a reset waits for one; who may ask for it is seen by the specs of tenants and scopes. */
const ALONE = [...TENANT_OPERATIONS, ...OPEN_READS].filter(({ path }) => path !== '/v1/sandbox/reset');
const OF_LINES = ALONE.filter(({ line }) => line !== undefined);

/** A line can be wrong in as many ways as a body, and among others. */
const RUNS_OF_LINES = 5;

/** The whole API under generated input, a test for each of its calls. */
export function describeFuzz(runs: Pick<FuzzSettings, 'runs'>): void {
  const settings = fuzzSettings(runs);
  jest.setTimeout(30_000 + settings.runs * 500);

  describe('Whatever a stranger sends is answered as the document says, and a refusal changes nothing', () => {
    let world: StrangersWorld;
    let fuzz: Fuzz;
    beforeAll(async () => {
      world = await StrangersWorld.open();
      fuzz = new Fuzz(world);
    });
    afterAll(async () => {
      await fuzz.close();
      await world.close();
    });

    it.each(named(ALONE))('%s', async (_name, operation) => {
      expect(await fuzz.run(operation, settings)).toEqual([]);
    });

    it.each(named(OF_LINES))('%s, line by line', async (_name, operation) => {
      expect(await fuzz.runLines(operation, { ...settings, runs: settings.runs * RUNS_OF_LINES })).toEqual([]);
    });
  });
}
