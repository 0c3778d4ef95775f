import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { brokenInvariants } from '../support/ledger-invariants';
import { START_MS, ledgerOfThisFile } from '../support/ledger-builders';
import { COMMANDS, SIZE } from './ledger-commands';
import { COST, LedgerModel } from './ledger-model';
import { LedgerWorld } from './ledger-world';

const { ledger: ledgerOf } = ledgerOfThisFile();

/** `LEDGER_RUNS` looks longer, `LEDGER_SEED` looks again. */
const RUNS = Number(process.env['LEDGER_RUNS'] ?? 100);
const BUDGETS = [3 * COST, 5 * COST];

/** A new Page for every run: nothing of the run before is left on it. */
async function newRun(): Promise<{ model: LedgerModel; real: LedgerWorld }> {
  const ledger = ledgerOf();
  await ledger.setNow(START_MS);
  const pageId = await ledger.addPage({ oneMessagePerLocalDay: false }, 300);
  const people = await ledger.addPeople(pageId, SIZE.people);
  const campaigns = [];
  for (const budgetMinor of BUDGETS) {
    const row = { endAt: new Date(START_MS + 10_000 * 3_600_000) };
    campaigns.push(await ledger.addCampaign(pageId, { budgetMinor, unitCostMinor: COST, row }));
  }
  const model = new LedgerModel(START_MS, SIZE.people, BUDGETS);
  const real = new LedgerWorld(ledger, pageId, campaigns, people);
  const everyone = [...people.keys()];
  await real.choose(0, everyone);
  model.choose(0, everyone);
  return { model, real };
}

describe('The ledger', () => {
  it('does what a model of it does, whatever happens in whatever order', async () => {
    const seed = Number(process.env['LEDGER_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    process.stdout.write(`LEDGER_SEED=${seed}, ${RUNS} runs\n`);
    await fc.assert(
      fc.asyncProperty(fc.commands(COMMANDS, { maxCommands: 40, size: 'max' }), async (commands) => {
        const run = await newRun();
        await fc.asyncModelRun(() => run, commands);
        expect(await brokenInvariants(ledgerOf().owner)).toEqual([]);
      }),
      { numRuns: RUNS, seed, endOnFailure: false },
    );
  }, 3_000_000);
});
