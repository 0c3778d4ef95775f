import { createHmac } from 'node:crypto';
import { Pool } from 'undici';
import { prepareCampaign, untilAccepted } from './campaign';
import type { BenchPage, Site } from './site';

const EVENTS_A_REQUEST = [1, 10, 100] as const;

/** Requests under way at a time, as Meta keeps them. */
const AT_A_TIME = 32;

/** Commits of a stack that has nothing to do are counted over this long, and taken off. */
const IDLE_MS = 3_000;

/** What a burst of delivery events took, from its first request to the last message that was moved. */
export interface BurstFigures {
  readonly eventsARequest: number;
  readonly events: number;
  readonly acknowledgedPerSecond: number;
  readonly appliedPerSecond: number;
  readonly commitsPerHundred: number;
}

interface SentMessage {
  readonly token: string;
  readonly psid: string;
  readonly trackingId: string;
  readonly campaignId: string;
}

/** Sends a campaign of which Meta says nothing, then plays Meta's part for it in three bursts. */
export async function measureBursts(site: Site, messages: number): Promise<BurstFigures[]> {
  const page = await site.pageWith(messages);
  await site.meta.call('PATCH', 'settings', { pageId: page.meta.id, webhooks: false });
  const campaign = await prepareCampaign(site, page, messages);
  await campaign.go();
  await untilAccepted(site, campaign);
  const sent = await sentMessages(site, campaign.metaCampaignId, messages);
  const part = Math.floor(sent.length / EVENTS_A_REQUEST.length);
  const figures: BurstFigures[] = [];
  for (const [index, eventsARequest] of EVENTS_A_REQUEST.entries()) {
    const ofBurst = sent.slice(index * part, (index + 1) * part);
    figures.push(await measureBurst(site, page, campaign.id, ofBurst, eventsARequest));
  }
  return figures;
}

async function sentMessages(site: Site, metaCampaignId: string, messages: number): Promise<SentMessage[]> {
  const { data } = await site.meta.call<{ data: SentMessage[] }>(
    'GET',
    `sends?campaignId=${metaCampaignId}&limit=${messages}`,
  );
  return data;
}

async function measureBurst(
  site: Site,
  page: BenchPage,
  campaignId: string,
  sent: readonly SentMessage[],
  eventsARequest: number,
): Promise<BurstFigures> {
  const delivered = await deliveredOf(site, campaignId);
  const idlePerMs = await commitsWhileIdle(site);
  const bodies = await bodiesOf(site, page, sent, eventsARequest);
  const commitsBefore = await commits(site);
  const startedMs = performance.now();
  await postAll(site, bodies);
  const acknowledgedMs = performance.now() - startedMs;
  await site.until(
    () => deliveredOf(site, campaignId),
    (count) => count === delivered + sent.length,
  );
  const appliedMs = performance.now() - startedMs;
  const written = (await commits(site)) - commitsBefore - idlePerMs * appliedMs;
  return {
    eventsARequest,
    events: sent.length,
    acknowledgedPerSecond: (sent.length / acknowledgedMs) * 1_000,
    appliedPerSecond: (sent.length / appliedMs) * 1_000,
    commitsPerHundred: (written / sent.length) * 100,
  };
}

async function bodiesOf(
  site: Site,
  page: BenchPage,
  sent: readonly SentMessage[],
  eventsARequest: number,
): Promise<Buffer[]> {
  const atSeconds = Math.floor((await site.nowMs()) / 1_000);
  const field = 'marketing_message_deliveries';
  const bodies: Buffer[] = [];
  for (let at = 0; at < sent.length; at += eventsARequest) {
    const changes = sent.slice(at, at + eventsARequest).map(({ token, psid, trackingId, campaignId }) => ({
      field,
      value: {
        field,
        recipient_id: psid,
        page_id: page.meta.id,
        timestamp: atSeconds,
        marketing_message_tracking_id: trackingId,
        messenger_subscription_token: token,
        message_id: campaignId,
      },
    }));
    bodies.push(
      Buffer.from(JSON.stringify({ object: 'page', entry: [{ id: page.meta.id, time: atSeconds, changes }] })),
    );
  }
  return bodies;
}

async function postAll(site: Site, bodies: readonly Buffer[]): Promise<void> {
  const { apiUrl, metaAppSecret = '' } = site.runtime;
  const pool = new Pool(apiUrl, { connections: AT_A_TIME });
  const waiting = [...bodies];
  const post = async (): Promise<void> => {
    for (let body = waiting.pop(); body; body = waiting.pop()) {
      const signature = createHmac('sha256', metaAppSecret).update(body).digest('hex');
      const { statusCode, body: answer } = await pool.request({
        method: 'POST',
        path: '/webhooks/meta',
        headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
        body,
      });
      await answer.dump();
      if (statusCode !== 200) throw new Error(`A webhook was answered with ${statusCode}.`);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, post));
  await pool.close();
}

async function deliveredOf(site: Site, campaignId: string): Promise<number> {
  const [row] = await site.ask<{ count: number }>(
    'SELECT count(*)::int AS count FROM sends WHERE campaign_id = $1 AND delivered_at IS NOT NULL',
    [campaignId],
  );
  return row?.count ?? 0;
}

/** @returns a millisecond */
async function commitsWhileIdle(site: Site): Promise<number> {
  const before = await commits(site);
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  return ((await commits(site)) - before) / IDLE_MS;
}

/** Of Herald's database since it was made; Postgres' own statistics are a moment late unless they are asked for. */
async function commits(site: Site): Promise<number> {
  await site.ask('SELECT pg_stat_force_next_flush()');
  const [row] = await site.ask<{ count: number }>(
    'SELECT xact_commit::int AS count FROM pg_stat_database WHERE datname = current_database()',
  );
  return row?.count ?? 0;
}
