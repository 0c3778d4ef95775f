import { describe, expect, it } from '@jest/globals';
import type { BatchReport } from '../../src/ledger/batch-runner';
import { applyBatchEffects, moveCampaign } from '../../src/ledger/campaign-effects';
import type { SettleEffect } from '../../src/ledger/settle';
import type { CampaignWish, TestCampaign } from '../support/ledger-builders';
import { HOUR, ledgerOfThisFile } from '../support/ledger-builders';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

const NOTHING: BatchReport = {
  claimed: 0,
  held: 0,
  refused: 0,
  accepted: 0,
  failed: 0,
  unknown: 0,
  isProbe: false,
  effect: null,
};

interface StoredCampaign {
  readonly state: string;
  readonly reason: string | null;
  readonly resumes_to: string | null;
  readonly claims_from: Date | null;
  readonly next_probe_at: Date | null;
  readonly not_ready_since: Date | null;
  readonly first_accepted_at: Date | null;
}

async function stored({ campaignId }: TestCampaign): Promise<StoredCampaign | undefined> {
  const [row] = await ledgerOf().owner.query<StoredCampaign[]>('SELECT * FROM campaigns WHERE id = $1', [campaignId]);
  return row;
}

async function after(report: Partial<BatchReport>, row: CampaignWish['row'] = {}, rate = 100) {
  const ledger = ledgerOf();
  const page = await ledger.addPage({}, rate);
  const campaign = await ledger.addCampaign(page, { row });
  await applyBatchEffects(ledger.worker, campaign, { ...NOTHING, ...report });
  const [lease] = await ledger.owner.query<{ rate: number; blocked_until: Date }[]>(
    'SELECT rate_per_second AS rate, blocked_until FROM page_rates WHERE page_id = $1',
    [page],
  );
  return { campaign, row: await stored(campaign), rate: lease?.rate, blockedUntil: lease?.blocked_until };
}

const effect = (named: Omit<SettleEffect, 'code'>): Partial<BatchReport> => ({
  effect: { ...named, code: 1 } as SettleEffect,
});

describe('What a batch learned', () => {
  it('makes a probing campaign active with the first accepted message, and wakes it', async () => {
    const ledger = ledgerOf();
    const { campaign, row } = await after(
      { accepted: 1, isProbe: true },
      { state: 'populating', reason: 'not_ready', nextProbeAt: new Date(ledger.nowMs) },
    );
    expect(row).toMatchObject({
      state: 'active',
      reason: null,
      next_probe_at: null,
      first_accepted_at: new Date(ledger.nowMs),
    });
    expect(await ledger.wakes(campaign.campaignId)).toBe(1);
  });

  it('keeps a campaign populating that is not ready, until the next probe', async () => {
    const ledger = ledgerOf();
    const { row } = await after(effect({ kind: 'not_ready', retryAfterMs: HOUR } as SettleEffect), {
      state: 'populating',
    });
    const next = new Date(ledger.nowMs + HOUR);
    expect(row).toMatchObject({
      state: 'populating',
      claims_from: next,
      next_probe_at: next,
      not_ready_since: new Date(ledger.nowMs),
    });
  });

  it('probes later after a probe without an answer', async () => {
    const ledger = ledgerOf();
    const { row } = await after({ unknown: 1, isProbe: true }, { state: 'populating' });
    expect(row).toMatchObject({ state: 'populating', next_probe_at: new Date(ledger.nowMs + 5 * 60_000) });
  });

  it.each(['payment', 'content', 'account', 'page_restricted'] as const)(
    'pauses for %s and tells the workflow',
    async (reason) => {
      const { campaign, row } = await after(effect({ kind: 'pause', reason } as SettleEffect));
      expect(row).toMatchObject({ state: 'paused', reason, resumes_to: 'active' });
      expect(await ledgerOf().wakes(campaign.campaignId)).toBe(1);
    },
  );

  it('fails a campaign that Meta will never take', async () => {
    const { campaign, row } = await after(effect({ kind: 'end', reason: 'account' } as SettleEffect));
    expect(row).toMatchObject({ state: 'failed', reason: 'account' });
    expect(await ledgerOf().wakes(campaign.campaignId)).toBe(1);
  });

  it('believes Meta that the budget is used up, until a raise', async () => {
    const ledger = ledgerOf();
    const { campaign } = await after(effect({ kind: 'budget_lifetime' }));
    const people = await ledger.addPeople(campaign.pageId, 2);
    await ledger.choose(campaign, people.slice(0, 1));
    expect(await ledger.claim(campaign)).toMatchObject({ claimed: 0, refused: 1 });
    await ledger.owner.query('UPDATE campaign_budgets SET budget_minor = budget_minor + 100 WHERE campaign_id = $1', [
      campaign.campaignId,
    ]);
    await ledger.choose(campaign, people);
    expect(await ledger.claim(campaign)).toMatchObject({ claimed: 1, refused: 1 });
  });

  it('halves the rate and blocks the Page when Meta says too fast, business time', async () => {
    const ledger = ledgerOf();
    const { row, rate, blockedUntil } = await after(effect({ kind: 'rate', retryAfterMs: 60_000 } as SettleEffect));
    const until = new Date(ledger.nowMs + 60_000);
    expect(rate).toBe(50);
    expect(blockedUntil).toEqual(until);
    expect(row).toMatchObject({ state: 'active', claims_from: until, next_probe_at: null });
  });

  it('makes a probing campaign wait with its next probe when Meta slows it down', async () => {
    const ledger = ledgerOf();
    const { row } = await after(effect({ kind: 'pacing', retryAfterMs: HOUR } as SettleEffect), {
      state: 'populating',
    });
    expect(row?.next_probe_at).toEqual(new Date(ledger.nowMs + HOUR));
  });

  it('raises the rate a little after a batch that Meta took, up to the ceiling', async () => {
    expect((await after({ accepted: 5 })).rate).toBeCloseTo(110);
    expect((await after({ accepted: 5 }, {}, 299)).rate).toBe(300);
    expect((await after({ unknown: 5 })).rate).toBe(100);
  });

  it('leaves the hidden campaign of a Page as it is', async () => {
    const { row } = await after(effect({ kind: 'pause', reason: 'account' } as SettleEffect), { hidden: true });
    expect(row).toMatchObject({ state: 'active', reason: null });
  });
});

describe('A move of a campaign', () => {
  it('happens once, whoever comes first', async () => {
    const ledger = ledgerOf();
    const campaign = await ledger.addCampaign(pageOf());
    const pause = () =>
      ledger.asWorker((manager) =>
        moveCampaign(manager, campaign, 'paused', 'pause', 'paused_by_request', ledger.nowMs),
      );
    expect((await Promise.all([pause(), pause(), pause()])).filter(Boolean)).toHaveLength(1);
    expect(await stored(campaign)).toMatchObject({ state: 'paused', resumes_to: 'active' });
  });

  it('leads nowhere from a final state', async () => {
    const ledger = ledgerOf();
    const campaign = await ledger.addCampaign(pageOf(), { row: { state: 'stopped' } });
    for (const [to, by] of [
      ['active', 'resume'],
      ['ended', 'end'],
      ['paused', 'pause'],
    ] as const) {
      expect(await ledger.asWorker((manager) => moveCampaign(manager, campaign, to, by, null, ledger.nowMs))).toBe(
        false,
      );
    }
  });
});
