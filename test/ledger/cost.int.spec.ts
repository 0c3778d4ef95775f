import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import type { EntityManager } from 'typeorm';
import { LedgerBatches } from '../../src/campaigns/lifecycle/campaign-batches';
import { PostgresCampaignRecords } from '../../src/campaigns/lifecycle/campaign-records';
import { settleAndBegin } from '../../src/ledger/settle-and-begin';
import type { TestCampaign } from '../support/ledger-builders';
import { ledgerOfThisFile } from '../support/ledger-builders';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

const MESSAGES = 1_000;
const NOT_COUNTED = /^(START TRANSACTION|BEGIN|COMMIT|ROLLBACK|SET)\b/i;

/** @returns what is sent to Postgres under the worker's role from now on */
function watchStatements(): readonly string[] {
  const statements: string[] = [];
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the client that the spy was called on
  const query = Client.prototype.query as (this: Client, ...given: unknown[]) => unknown;
  jest.spyOn(Client.prototype, 'query').mockImplementation(function (this: Client, ...given: unknown[]) {
    if (this.user === 'herald_worker') statements.push(String(given[0]).trim());
    return query.apply(this, given) as never;
  });
  return statements;
}

afterEach(() => {
  jest.restoreAllMocks();
});

/** What one campaign costs from its first claim to its last settle, as its workflow runs it. */
async function costOf(campaign: TestCampaign): Promise<{ perHundred: number; commitsPerMessage: number }> {
  const ledger = ledgerOf();
  const batches = new LedgerBatches(ledger.worker, ledger.runner());
  const records = new PostgresCampaignRecords(ledger.worker);
  const statements = watchStatements();
  let accepted = 0;
  while (accepted < MESSAGES) {
    await records.load(campaign);
    const report = await batches.draw(campaign, 500);
    expect(report.accepted).toBeGreaterThan(0);
    accepted += report.accepted;
  }
  const counted = statements.filter((sql) => !NOT_COUNTED.test(sql)).length;
  const commits = statements.filter((sql) => /^COMMIT/i.test(sql)).length;
  return { perHundred: (counted / MESSAGES) * 100, commitsPerMessage: commits / MESSAGES };
}

describe('A thousand messages', () => {
  it.each(['an audience', 'chosen people'])(
    'to %s cost at most 12 statements a hundred and 0.03 commits each',
    async (whom) => {
      const ledger = ledgerOf();
      const page = await ledger.addPage({}, 10_000);
      const people = await ledger.addPeople(page, MESSAGES);
      const isAudience = whom === 'an audience';
      const campaign = await ledger.addCampaign(page, isAudience ? { audience: people } : {});
      if (!isAudience) await ledger.choose(campaign, people);
      const cost = await costOf(campaign);
      process.stdout.write(
        `${whom}: ${cost.perHundred.toFixed(1)} statements per 100 messages, ${cost.commitsPerMessage.toFixed(4)} commits per message\n`,
      );
      expect(cost.perHundred).toBeLessThanOrEqual(12);
      expect(cost.commitsPerMessage).toBeLessThanOrEqual(0.03);
      expect(await ledger.counts(campaign)).toEqual({ accepted: MESSAGES });
    },
    60_000,
  );
});

/** Rows of a table that this transaction wrote anew, and those of them that stayed on their page and wrote no index. */
async function rewritten(manager: EntityManager, table: string): Promise<{ written: number; inPlace: number }> {
  const [counted] = await manager.query<{ written: number; inPlace: number }[]>(
    `SELECT n_tup_upd::int AS written, n_tup_hot_upd::int AS "inPlace" FROM pg_stat_xact_user_tables WHERE relname = $1`,
    [table],
  );
  return counted ?? { written: 0, inPlace: 0 };
}

describe('A message that is begun', () => {
  it('writes no index, neither of its own nor of its person', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 256);
    const campaign = await ledger.addCampaign(pageOf(), { audience: people });
    const { batch } = await ledger.claim(campaign);
    if (batch === null) throw new Error('Nobody was claimed.');
    const [sends, persons] = await ledger.asWorker(async (manager) => {
      // The counters of a transaction go on from those that its connection has not reported yet.
      const before = [await rewritten(manager, 'sends'), await rewritten(manager, 'subscribers')];
      await settleAndBegin(manager, campaign, batch, [], 64);
      const after = [await rewritten(manager, 'sends'), await rewritten(manager, 'subscribers')];
      return after.map(({ written, inPlace }, index) => ({
        written: written - (before[index]?.written ?? 0),
        inPlace: inPlace - (before[index]?.inPlace ?? 0),
      }));
    });
    expect([sends?.written, persons?.written]).toEqual([64, 64]);
    // A page's last rows may find no room.
    expect(sends?.inPlace).toBeGreaterThanOrEqual(56);
    expect(persons?.inPlace).toBeGreaterThanOrEqual(56);
  });
});
