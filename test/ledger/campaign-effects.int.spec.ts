import { describe, expect, it } from '@jest/globals';
import type { BatchReport } from '../../src/ledger/batch-report';
import { NOTHING_DONE } from '../../src/ledger/batch-report';
import { applyBatchEffects, moveCampaign } from '../../src/ledger/campaign-effects';
import { SLICE_SIZE } from '../../src/ledger/page-rate';
import type { CampaignWish, TestCampaign } from '../support/ledger-builders';
import { HOUR, answerTo, at, ledgerOfThisFile } from '../support/ledger-builders';
import { refusedWith } from '../support/scripted-meta';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

const MINUTE = 60_000;

/** How many of a campaign's messages stand in each state. */
async function states({ campaignId }: TestCampaign): Promise<Partial<Record<string, number>>> {
  const counts = await ledgerOf().owner.query<{ state: string; count: number }[]>(
    'SELECT state, count(*)::int AS count FROM sends WHERE campaign_id = $1 GROUP BY state',
    [campaignId],
  );
  return Object.fromEntries(counts.map(({ state, count }) => [state, count]));
}

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
  await applyBatchEffects(ledger.worker, campaign, { ...NOTHING_DONE, ...report });
  return learned(campaign);
}

/** What stands in the record once an answer of this code was settled, though nobody carries it further. */
async function answered(code: number, row: CampaignWish['row'] = {}) {
  const ledger = ledgerOf();
  const page = await ledger.addPage({}, 100);
  const campaign = await ledger.addCampaign(page, { row });
  await ledger.choose(campaign, await ledger.addPeople(page, 1));
  const { batch, begun } = await ledger.claimAndBegin(campaign);
  const before = await ledger.wakes(campaign.campaignId);
  await ledger.settle(campaign, batch, [answerTo(at(begun, 0).after, refusedWith(code))]);
  return { ...(await learned(campaign)), wakes: (await ledger.wakes(campaign.campaignId)) - before };
}

async function learned(campaign: TestCampaign) {
  const ledger = ledgerOf();
  const [lease] = await ledger.owner.query<{ rate: number; blocked_until: Date }[]>(
    'SELECT rate_per_second AS rate, blocked_until FROM page_rates WHERE page_id = $1',
    [campaign.pageId],
  );
  return { campaign, row: await stored(campaign), rate: lease?.rate, blockedUntil: lease?.blocked_until };
}

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

  it('probes later after a probe without an answer', async () => {
    const ledger = ledgerOf();
    const { row } = await after({ unknown: 1, isProbe: true }, { state: 'populating' });
    expect(row).toMatchObject({ state: 'populating', next_probe_at: new Date(ledger.nowMs + 5 * 60_000) });
  });

  it('raises the rate a little after a batch that Meta took, up to the ceiling', async () => {
    expect((await after({ accepted: 5 })).rate).toBeCloseTo(110);
    expect((await after({ accepted: 5 }, {}, 299)).rate).toBe(300);
    expect((await after({ unknown: 5 })).rate).toBe(100);
  });

  it('makes a campaign wait for a Page that is blocked, and a probing one with its next probe', async () => {
    const ledger = ledgerOf();
    const blocked: Partial<BatchReport> = { effect: { kind: 'pacing', retryAfterMs: HOUR, code: null } };
    const until = new Date(ledger.nowMs + HOUR);
    expect((await after(blocked)).row).toMatchObject({ claims_from: until, next_probe_at: null });
    expect((await after(blocked, { state: 'populating' })).row).toMatchObject({ next_probe_at: until });
  });
});

/** In the transaction that settles the answer: the worker may die before it does anything else (protocol §2). */
describe('What an answer says of campaign, Page or account', () => {
  it('keeps a campaign populating that is not ready, until the next probe', async () => {
    const ledger = ledgerOf();
    const next = new Date(ledger.nowMs + 5 * 60_000);
    expect((await answered(2_300_012, { state: 'populating' })).row).toMatchObject({
      state: 'populating',
      claims_from: next,
      next_probe_at: next,
      not_ready_since: new Date(ledger.nowMs),
    });
  });

  it.each([
    [2_300_011, 'payment'],
    [2_300_010, 'content'],
    [190, 'account'],
    [368, 'page_restricted'],
  ])('(%d) pauses for %s and tells the workflow', async (code, reason) => {
    const { row, wakes } = await answered(code);
    expect(row).toMatchObject({ state: 'paused', reason, resumes_to: 'active' });
    expect(wakes).toBe(1);
  });

  it('fails a campaign that Meta will never take', async () => {
    const { row, wakes } = await answered(2_300_006);
    expect(row).toMatchObject({ state: 'failed', reason: 'account' });
    expect(wakes).toBe(1);
  });

  it('is believed where it says that the budget is used up, until a raise', async () => {
    const ledger = ledgerOf();
    const { campaign } = await answered(2_300_053);
    const people = await ledger.addPeople(campaign.pageId, 2);
    await ledger.runner().run(campaign, 500);
    expect(await ledger.claim(campaign)).toMatchObject({ claimed: 0, refused: 1 });
    await ledger.owner.query('UPDATE campaign_budgets SET budget_minor = budget_minor + 100 WHERE campaign_id = $1', [
      campaign.campaignId,
    ]);
    await ledger.choose(campaign, people);
    expect(await ledger.claim(campaign)).toMatchObject({ claimed: 1, refused: 1 });
  });

  it('halves the rate once and blocks the Page when Meta says too fast, business time', async () => {
    const ledger = ledgerOf();
    const { campaign, row, rate, blockedUntil } = await answered(2_300_078);
    const until = new Date(ledger.nowMs + 60_000);
    expect({ rate, blockedUntil }).toEqual({ rate: 50, blockedUntil: until });
    expect(row).toMatchObject({ state: 'active', claims_from: until, next_probe_at: null });
    await applyBatchEffects(ledger.worker, campaign, await ledger.runner().run(campaign, 500));
    expect((await learned(campaign)).rate).toBe(50);
  });

  it('is not shortened by a later word that names an earlier moment', async () => {
    const ledger = ledgerOf();
    const page = await ledger.addPage({}, 100);
    const campaign = await ledger.addCampaign(page);
    await ledger.choose(campaign, await ledger.addPeople(page, 2));
    const { batch, begun } = await ledger.claimAndBegin(campaign);
    await ledger.settle(campaign, batch, [answerTo(at(begun, 0).after, refusedWith(2_300_055))]);
    await ledger.settle(campaign, batch, [answerTo(at(begun, 1).after, refusedWith(2_300_078))]);
    expect((await learned(campaign)).row?.claims_from).toEqual(new Date(ledger.nowMs + 30 * 60_000));
  });

  it('keeps the campaign from claiming before its moment, whoever asks', async () => {
    const ledger = ledgerOf();
    const { campaign } = await answered(2_300_055);
    await ledger.runner().run(campaign, 500);
    await ledger.choose(campaign, await ledger.addPeople(campaign.pageId, 1));
    await ledger.advance(29 * 60_000);
    expect(await ledger.claim(campaign)).toMatchObject({ batch: null, claimed: 0 });
    await ledger.advance(60_000);
    expect(await ledger.claim(campaign)).toMatchObject({ claimed: 2 });
  });
});

describe('A code that nobody knows', () => {
  const PEOPLE = 300;
  /** A slice on its way, and the one that was begun behind it. */
  const AT_MOST = 2 * SLICE_SIZE;

  it('lets the campaign wait, then pauses it: nobody after the first ones is tried', async () => {
    const ledger = ledgerOf();
    const campaign = await ledger.addCampaign(await ledger.addPage({}, PEOPLE));
    await ledger.choose(campaign, await ledger.addPeople(campaign.pageId, PEOPLE));
    ledger.meta.says(() => refusedWith(987_654));
    await ledger.runner().run(campaign, 500);
    expect(ledger.meta.arrivals.length).toBeLessThanOrEqual(AT_MOST);
    expect(await states(campaign)).toEqual({ queued: PEOPLE });
    expect(await stored(campaign)).toMatchObject({ state: 'active', claims_from: new Date(ledger.nowMs + MINUTE) });

    await ledger.advance(MINUTE);
    ledger.meta.forget();
    ledger.meta.says(() => refusedWith(987_654));
    await ledger.runner().run(campaign, 500);
    const { queued = 0, failed = 0, ...others } = await states(campaign);
    expect({ all: queued + failed, others }).toEqual({ all: PEOPLE, others: {} });
    expect(failed).toBeLessThanOrEqual(ledger.meta.arrivals.length);
    expect(ledger.meta.arrivals.length).toBeLessThanOrEqual(AT_MOST);
    expect(await stored(campaign)).toMatchObject({ state: 'paused', reason: 'account' });
  });

  it('pauses it also where others of the slice only make it wait', async () => {
    const ledger = ledgerOf();
    const campaign = await ledger.addCampaign(await ledger.addPage({}, PEOPLE));
    await ledger.choose(campaign, await ledger.addPeople(campaign.pageId, 2));
    const { batch, begun } = await ledger.claimAndBegin(campaign);
    const seenBefore = { ...at(begun, 1).after, tries: 1 };
    const { settled } = await ledger.settle(campaign, batch, [
      answerTo(at(begun, 0).after, refusedWith(2_300_055)),
      answerTo(seenBefore, refusedWith(987_654)),
    ]);
    expect(settled.effect).toEqual({ kind: 'pause', reason: 'account', code: 987_654 });
    expect(await stored(campaign)).toMatchObject({ state: 'paused', reason: 'account' });
  });
});

describe('Where one slice brings several such answers', () => {
  it.each([
    [987_654, 2_300_078, { kind: 'rate' }],
    [987_654, 2_300_053, { kind: 'budget_lifetime' }],
    [987_654, 2_300_055, { kind: 'pacing', retryAfterMs: 30 * MINUTE }],
    [2_300_011, 2_300_006, { kind: 'end' }],
  ])('%d and %d: what lasts longer counts', async (first, second, expected) => {
    const ledger = ledgerOf();
    const campaign = await ledger.addCampaign(await ledger.addPage({}, 100));
    await ledger.choose(campaign, await ledger.addPeople(campaign.pageId, 2));
    const { batch, begun } = await ledger.claimAndBegin(campaign);
    const { settled } = await ledger.settle(campaign, batch, [
      answerTo(at(begun, 0).after, refusedWith(first)),
      answerTo(at(begun, 1).after, refusedWith(second)),
    ]);
    expect(settled.effect).toMatchObject({ ...expected, code: second });
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
