import { createHmac } from 'node:crypto';
import { Pool } from 'undici';
import { prepareCampaign, untilAccepted } from './campaign';
import type { BenchPage, Site } from './site';

const EVENTS_A_REQUEST = [1, 10, 100] as const;

/** Requests under way at a time: fewer, and a group commit could hold no more than these. */
const AT_A_TIME = 256;

/** What a burst of delivery events took, from its first request to the last message that was moved. */
export interface BurstFigures {
  readonly eventsARequest: number;
  readonly events: number;
  readonly acknowledgedPerSecond: number;
  readonly appliedPerSecond: number;
  /** Commits that stored events or applied them. */
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
  const bodies = await bodiesOf(site, page, sent, eventsARequest);
  const since = await now(site);
  const startedMs = performance.now();
  await postAll(site, bodies);
  const acknowledgedMs = performance.now() - startedMs;
  await site.until(
    () => deliveredOf(site, campaignId),
    (count) => count === delivered + sent.length,
  );
  const appliedMs = performance.now() - startedMs;
  return {
    eventsARequest,
    events: sent.length,
    acknowledgedPerSecond: (sent.length / acknowledgedMs) * 1_000,
    appliedPerSecond: (sent.length / appliedMs) * 1_000,
    commitsPerHundred: ((await commitsSince(site, since)) / sent.length) * 100,
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
/** The database's own clock. */
async function now(site: Site): Promise<Date> {
  const [row] = await site.ask<{ now: Date }>('SELECT clock_timestamp() AS now');
  return row?.now ?? new Date();
}

/**
 * A row knows the transaction that wrote it: keys of events that of their request, inbox rows that of the drainer. Postgres'
 * statistics would also count what a stack does by itself, and are up to ten seconds late.
 */
async function commitsSince(site: Site, since: Date): Promise<number> {
  const [row] = await site.ask<{ count: number }>(
    `SELECT count(DISTINCT writer)::int AS count FROM (
       SELECT xmin::text AS writer FROM event_keys WHERE written_at >= $1
       UNION ALL SELECT xmin::text FROM inbox WHERE done_at >= $1) AS written`,
    [since],
  );
  return row?.count ?? 0;
}
