import { expect } from '@jest/globals';
import type { TestCampaign } from '../support/ledger-builders';
import { LedgerUnderTest, START_MS } from '../support/ledger-builders';
import { brokenInvariants } from '../support/ledger-invariants';
import type { ModelLane, ModelLook } from '../support/model-runs';
import { checkModel } from '../support/model-runs';
import { COMMANDS, SIZE } from './ledger-commands';
import { COST, LedgerModel } from './ledger-model';
import { LedgerWorld } from './ledger-world';

const BUDGETS = [3 * COST, 5 * COST];
/** The first campaign begins with chosen people, the second with a frozen audience of the same. */
const isAudience = (campaign: number): boolean => campaign === 1;
/** Postgres works for one lane while the program compares another. */
const LANES = 3;
const LONG_AFTER = new Date(START_MS + 10_000 * 3_600_000);

/** Lives of a ledger in databases of its own, compared with the model after every command. */
export async function checkLedger(look: ModelLook): Promise<void> {
  const ledgers = await Promise.all(Array.from({ length: LANES }, () => LedgerUnderTest.open(2)));
  try {
    const lanes = await Promise.all(ledgers.map(laneOf));
    await checkModel('LEDGER', look, COMMANDS, lanes);
  } finally {
    await Promise.all(ledgers.map((ledger) => ledger.close()));
  }
}

async function laneOf(ledger: LedgerUnderTest): Promise<ModelLane<LedgerModel, LedgerWorld>> {
  const pageId = await ledger.addPage({ oneMessagePerLocalDay: false }, 300);
  const people = await ledger.addPeople(pageId, SIZE.people);
  const campaigns: TestCampaign[] = [];
  for (const [index, budgetMinor] of BUDGETS.entries()) {
    const audience = isAudience(index) && { audience: people };
    campaigns.push(
      await ledger.addCampaign(pageId, { budgetMinor, unitCostMinor: COST, row: { endAt: LONG_AFTER }, ...audience }),
    );
  }
  return {
    begin: async () => {
      await forgetAll(ledger, campaigns);
      const model = new LedgerModel(START_MS, SIZE.people, BUDGETS, isAudience);
      const real = new LedgerWorld(ledger, pageId, campaigns, people);
      const everyone = [...people.keys()];
      await real.choose(0, everyone);
      model.choose(0, everyone);
      return { model, real };
    },
    end: async () => {
      expect(await brokenInvariants(ledger.owner)).toEqual([]);
    },
  };
}

/** The same people and campaigns as on the first day, in one round trip. */
async function forgetAll(ledger: LedgerUnderTest, campaigns: readonly TestCampaign[]): Promise<void> {
  ledger.nowMs = START_MS;
  await ledger.owner.query(`
    DELETE FROM sends; DELETE FROM send_states; DELETE FROM budget_entries; DELETE FROM batches;
    DELETE FROM waits; DELETE FROM outbox; DELETE FROM consent_events;
    UPDATE campaigns SET state = 'active', claims_from = NULL WHERE NOT hidden;
    UPDATE subscribers SET consent = 'granted', consent_at = NULL, paid_slot_until = NULL, paid_slot_send = NULL,
           meta_paid_until = NULL, meta_paid_rule = NULL;
    UPDATE page_rates SET granted_until = now();
    UPDATE clock SET running = false, base_wall_at = now(), base_business_at = to_timestamp(${START_MS / 1_000});
    ${campaigns.map(budgetAnew).join('')}`);
}

const budgetAnew = ({ campaignId }: TestCampaign, index: number): string =>
  `UPDATE campaign_budgets SET budget_minor = ${BUDGETS[index] ?? 0}, reserved_minor = 0, spent_minor = 0,
          overdrawn = false WHERE campaign_id = '${campaignId}';`;
