import { DAY_MS } from '../domain/shared/duration';
import type { CpuTimes } from './parts';
import { cpuBetween, cpuTimes, peakMemory } from './parts';
import type { BenchPage, Site } from './site';

/** Minor units; a budget that pays for everybody. */
const UNIT_PRICE_MINOR = 5;

/** Business time between an event and its webhook where webhooks are to come after the sending. */
const DELAY_MS = 6 * 60 * 60 * 1000;

/** Past the wait for the population (R-13), and past that delay. */
const POPULATION_WAIT = 'PT2H';
const PAST_THE_DELAY = 'PT7H';

/** What sending a campaign, or several at once, took. */
export interface CampaignFigures {
  readonly webhooks: 'delayed' | 'running';
  readonly messages: number;
  /** From the first begin after the probe to the last acceptance in the simulator's journal. */
  readonly sendPhaseMs: number;
  readonly perSecond: number;
  /** From the last acceptance, or from the moment at which delayed webhooks are let go, until the last one is applied. */
  readonly appliedAfterMs: number;
  /** Of the send phase, by part. */
  readonly cpuMsPerMessage: CpuTimes;
  /** Of sending and webhooks together, by part. */
  readonly cpuMsPerMessageInAll: CpuTimes;
  readonly peakMemoryMib: Readonly<Record<string, number>>;
}

interface StartedCampaign {
  readonly id: string;
  readonly metaCampaignId: string;
}

/** A campaign whose audience waits for its first message; `go` lets it send. */
export interface ReadyCampaign extends StartedCampaign {
  readonly messages: number;
  go(): Promise<void>;
}

/** Makes a campaign for everybody at a Page and waits until Meta has populated it, with the sending held back. */
export async function prepareCampaign(site: Site, page: BenchPage, messages: number): Promise<ReadyCampaign> {
  const [campaign] = await prepareCampaigns(site, [page], messages);
  if (campaign === undefined) throw new Error('No campaign was made.');
  return campaign;
}

/** The same at several Pages. @param messages - of each */
async function prepareCampaigns(site: Site, pages: readonly BenchPage[], messages: number): Promise<ReadyCampaign[]> {
  await site.meta.call('PATCH', 'settings', { unitPriceMinor: UNIT_PRICE_MINOR });
  const campaigns: StartedCampaign[] = [];
  for (const page of pages) {
    const campaign = await startCampaign(site, page, messages);
    await site.api.post(`/v1/campaigns/${campaign.id}/pause`);
    campaigns.push(campaign);
  }
  await site.moveClock(POPULATION_WAIT);
  return campaigns.map((campaign) => ({
    ...campaign,
    messages,
    go: async () => {
      await site.api.post(`/v1/campaigns/${campaign.id}/resume`);
    },
  }));
}

async function startCampaign(site: Site, page: BenchPage, messages: number): Promise<StartedCampaign> {
  const nowMs = await site.nowMs();
  const { id } = await site.api.post<{ id: string }>('/v1/campaigns', {
    name: 'Bench',
    pageId: page.id,
    kind: 'direct',
    content: { text: 'New arrivals are in.' },
    audience: { all: true },
    budget: { type: 'lifetime', amountMinor: messages * UNIT_PRICE_MINOR, currency: 'USD' },
    schedule: { startAt: new Date(nowMs).toISOString(), endAt: new Date(nowMs + 5 * DAY_MS).toISOString() },
  });
  await site.api.post(`/v1/campaigns/${id}/start`);
  const { metaCampaignId } = await site.until(
    () => site.api.get<{ state: string; metaCampaignId: string }>(`/v1/campaigns/${id}`),
    ({ state }) => state === 'populating',
  );
  return { id, metaCampaignId };
}

/**
 * Sends campaigns, with the webhooks after them or beside them.
 *
 * @param atMost - messages in all; what the Pages cannot share evenly is left out
 * @param pageCount - at so many Pages, each with its share and a campaign of its own
 */
export async function measureCampaign(
  site: Site,
  webhooks: CampaignFigures['webhooks'],
  atMost: number,
  pageCount = 1,
): Promise<CampaignFigures> {
  const ofEach = Math.floor(atMost / pageCount);
  const messages = ofEach * pageCount;
  const pages: BenchPage[] = [];
  for (let count = 0; count < pageCount; count += 1) pages.push(await openPage(site, webhooks, ofEach));
  const campaigns = await prepareCampaigns(site, pages, ofEach);
  const before = cpuTimes(site.pids);
  await Promise.all(campaigns.map((campaign) => campaign.go()));
  for (const campaign of campaigns) await untilAccepted(site, campaign);
  const sent = cpuTimes(site.pids);
  const [beganMs, endedMs] = await sendPhaseOf(site, campaigns);
  const letGoMs = webhooks === 'delayed' ? Date.now() : endedMs;
  if (webhooks === 'delayed') await site.moveClock(PAST_THE_DELAY);
  for (const campaign of campaigns) await untilApplied(site, campaign);
  const applied = cpuTimes(site.pids);
  return {
    webhooks,
    messages,
    sendPhaseMs: endedMs - beganMs,
    perSecond: (messages / (endedMs - beganMs)) * 1_000,
    appliedAfterMs: Date.now() - letGoMs,
    cpuMsPerMessage: perMessage(cpuBetween(before, sent), messages),
    cpuMsPerMessageInAll: perMessage(cpuBetween(before, applied), messages),
    peakMemoryMib: peakMemory(site.pids),
  };
}

async function openPage(site: Site, webhooks: CampaignFigures['webhooks'], people: number): Promise<BenchPage> {
  const page = await site.pageWith(people);
  if (webhooks === 'delayed') {
    await site.meta.call('PATCH', 'settings', { pageId: page.meta.id, webhookDelayMs: DELAY_MS });
  }
  return page;
}

/** Waits until Meta has taken every message; asked of the database, for Herald's own answers are not to be part of it. */
export async function untilAccepted(site: Site, { id, messages }: ReadyCampaign): Promise<void> {
  await site.until(
    () =>
      countOf(site, `SELECT count(*)::int AS count FROM sends WHERE campaign_id = $1 AND accepted_at IS NOT NULL`, id),
    (accepted) => accepted === messages,
  );
}

async function untilApplied(site: Site, { id, messages }: ReadyCampaign): Promise<void> {
  await site.until(
    async () => ({
      delivered: await countOf(
        site,
        `SELECT count(*)::int AS count FROM sends WHERE campaign_id = $1 AND delivered_at IS NOT NULL`,
        id,
      ),
      waiting: await countOf(site, `SELECT count(*)::int AS count FROM inbox WHERE done_at IS NULL`),
    }),
    ({ delivered, waiting }) => delivered === messages && waiting === 0,
  );
}

async function countOf(site: Site, sql: string, ...parameters: unknown[]): Promise<number> {
  return (await site.ask<{ count: number }>(sql, parameters))[0]?.count ?? 0;
}

interface JournalPart {
  readonly data: readonly { readonly wallAt: string }[];
  readonly nextCursor: string | null;
}

/** From the first begin of any to the last acceptance of any. */
async function sendPhaseOf(
  site: Site,
  campaigns: readonly ReadyCampaign[],
): Promise<[beganMs: number, endedMs: number]> {
  const phases: [number, number][] = [];
  for (const campaign of campaigns) phases.push(await sendPhase(site, campaign));
  return [Math.min(...phases.map(([began]) => began)), Math.max(...phases.map(([, ended]) => ended))];
}

/** The probe goes first and alone; the campaign follows it when its workflow has heard of the answer. */
async function sendPhase(site: Site, campaign: ReadyCampaign): Promise<[beganMs: number, endedMs: number]> {
  const [begun] = await site.ask<{ at: Date }>(
    'SELECT begun_wall_at AS at FROM sends WHERE campaign_id = $1 ORDER BY begun_wall_at LIMIT 1 OFFSET 1',
    [campaign.id],
  );
  let lastMs = 0;
  for (let cursor: string | null = ''; cursor !== null;) {
    const path = `sends?campaignId=${campaign.metaCampaignId}&limit=10000${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const part: JournalPart = await site.meta.call<JournalPart>('GET', path);
    for (const { wallAt } of part.data) lastMs = Math.max(lastMs, Date.parse(wallAt));
    cursor = part.nextCursor;
  }
  return [begun?.at.getTime() ?? 0, lastMs];
}

const perMessage = (times: CpuTimes, messages: number): CpuTimes =>
  Object.fromEntries(Object.entries(times).map(([part, ms]) => [part, ms / messages])) as unknown as CpuTimes;
