import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import type { StatusEvent } from '../../src/ledger/apply-status-events';
import { applyStatusEvents } from '../../src/ledger/apply-status-events';
import { claimBatch } from '../../src/ledger/claim';
import { findWaiting } from '../../src/ledger/pending';
import { settleAndBegin } from '../../src/ledger/settle-and-begin';
import { LedgerUnderTest, START_MS, answerTo } from '../support/ledger-builders';

/** Nothing but the database limits the sending. */
const NO_LIMIT = 100_000;
const SENT_BEFORE = 2_500;
const BATCH = 500;
const SLICE = 64;

/** Rows of a table that this connection has read, by whatever way. */
async function rowsRead(manager: EntityManager, table: string): Promise<number> {
  const [read] = await manager.query<{ count: number }[]>(
    'SELECT (seq_tup_read + idx_tup_fetch)::int AS count FROM pg_stat_xact_user_tables WHERE relname = $1',
    [table],
  );
  return read?.count ?? 0;
}

interface Read<T> {
  readonly done: T;
  readonly sends: number;
  readonly subscribers: number;
}

/** @returns what the work came to, and how many rows of both tables it read */
const reading = <T>(ledger: LedgerUnderTest, work: (manager: EntityManager) => Promise<T>): Promise<Read<T>> =>
  ledger.asWorker(async (manager) => {
    const [sends, subscribers] = [await rowsRead(manager, 'sends'), await rowsRead(manager, 'subscribers')];
    const done = await work(manager);
    return {
      done,
      sends: (await rowsRead(manager, 'sends')) - sends,
      subscribers: (await rowsRead(manager, 'subscribers')) - subscribers,
    };
  });

const deliveredOf = (pageId: string, inboxId: string, trackingId: string): StatusEvent => ({
  inboxId,
  pageId,
  state: 'delivered',
  trackingId,
  tokenHash: null,
  metaCampaignId: null,
  atMs: START_MS,
});

describe('A campaign that has long been sending', () => {
  let ledger: LedgerUnderTest;

  // Plans depend on all that a table ever held: each begins with empty ones.
  beforeEach(async () => {
    ledger = await LedgerUnderTest.open();
  });
  afterEach(() => ledger.close());

  it.each([
    { planned: 'while its tables were empty', isAnalyzed: false },
    { planned: 'by statistics of its first batch, all of it claimed', isAnalyzed: true },
  ])(
    'reads the rows of its batch and its slice, not those before, where statements were planned $planned',
    async (by) => {
      const pageId = await ledger.addPage({ sendsPerSecond: NO_LIMIT }, NO_LIMIT);
      const people = await ledger.addPeople(pageId, SENT_BEFORE + BATCH);
      const campaign = await ledger.addCampaign(pageId, { audience: people, budgetMinor: NO_LIMIT * 100 });
      if (by.isAnalyzed) {
        await ledger.claim(campaign, BATCH);
        await ledger.owner.query('ANALYZE sends');
      }
      for (let sent = 0; sent < SENT_BEFORE; sent += BATCH) await ledger.runner().run(campaign, BATCH);

      const parts = { contents: ledger.contents, holdWorkflowMax: 1_000 };
      const claim = await reading(ledger, (manager) => claimBatch(manager, parts, campaign, BATCH));
      const { batch } = claim.done;
      if (batch === null) throw new Error('Nobody was claimed.');
      const first = await reading(ledger, (manager) => settleAndBegin(manager, campaign, batch, [], SLICE));
      const answers = first.done.begun.map(({ after }) => answerTo(after, { kind: 'accepted', trackingId: after.id }));
      const second = await reading(ledger, (manager) => settleAndBegin(manager, campaign, batch, answers, SLICE));

      expect(second.done.begun).toHaveLength(SLICE);
      expect(claim.sends).toBeLessThanOrEqual(BATCH);
      expect(claim.subscribers).toBeLessThanOrEqual(4 * BATCH);
      for (const { sends, subscribers } of [first, second]) {
        expect(sends).toBeLessThanOrEqual(BATCH + 5 * SLICE);
        expect(subscribers).toBeLessThanOrEqual(6 * SLICE);
      }

      const left = await reading(ledger, (manager) =>
        findWaiting(manager, campaign, ['claimed', 'sending'], 2 * BATCH),
      );
      expect(left.done).toHaveLength(BATCH - SLICE);
      expect(left.sends).toBeLessThanOrEqual(2 * BATCH);

      const sent = await ledger.owner.query<{ id: string; tracking_id: string }[]>(
        'SELECT id, tracking_id FROM sends WHERE campaign_id = $1 AND tracking_id IS NOT NULL ORDER BY id LIMIT $2',
        [campaign.campaignId, SLICE],
      );
      const events = sent.map((send) => deliveredOf(pageId, send.id, send.tracking_id));
      const heard = await reading(ledger, (manager) => applyStatusEvents(manager, ledger.workspaceId, events, []));
      expect([...heard.done.values()].filter((became) => became === 'applied')).toHaveLength(SLICE);
      expect(heard.sends).toBeLessThanOrEqual(10 * SLICE);
    },
    60_000,
  );
});
