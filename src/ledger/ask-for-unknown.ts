import type { DataSource } from 'typeorm';
import { UNKNOWN_WAIT_MS } from '../../domain/delivery/unknown-evidence';
import type { GraphClient } from '../graph-api/graph-client';
import { isNotThere } from '../imports/list-error';
import { readNowMs } from '../persistence/clock';
import { rows } from '../persistence/database';
import type { Envelope } from '../security/envelope';
import { EnvelopeError } from '../security/envelope';
import { eachBounded } from '../worker-loops/bounded';
import type { LoopLogger } from '../worker-loops/loop';
import type { FoundBegun } from './each-campaign';
import { eachCampaign } from './each-campaign';
import type { AskedSend, NextEligibleTime } from './settle-unknown';
import { settleUnknown } from './settle-unknown';

/** Sends of one round. */
const AT_ONCE = 100;
/** Reads at a time: a whole slice whose answers were lost takes a few hundred milliseconds. */
const WIDTH = 8;
const IDLE_MS = 250;

/** What asking works with. */
export interface UnknownSendPorts {
  readonly dataSource: DataSource;
  readonly graph: Pick<GraphClient, 'readNotificationToken'>;
  readonly envelope: Envelope;
  readonly logger: LoopLogger;
}

/** In clear: it lives in memory for one call. */
interface Address {
  readonly token: string;
  readonly pageToken: string;
}

interface DueSend extends FoundBegun {
  readonly page_id: string;
  readonly token: Buffer | null;
  readonly page_token: Buffer;
}

/** Those whose wait is over count as sent and are not asked for (`assumeSent`). */
const DUE = `
SELECT s.workspace_id, s.campaign_id, s.id, s.subscriber_id, s.page_id, s.claim_no, s.begun_fence, t.sealed AS token,
       p.token_sealed AS page_token
  FROM sends s
  JOIN pages p ON p.id = s.page_id AND p.workspace_id = s.workspace_id
  LEFT JOIN subscriber_tokens t ON t.id = s.token_id AND t.workspace_id = s.workspace_id
 WHERE s.pending = 'unknown' AND s.due_at <= $1 AND s.begun_at > $2 ORDER BY s.due_at, s.id LIMIT $3`;

/**
 * Asks Meta for the next eligible time of the people to whom a paid message may have gone, once its trace must be there,
 * and settles the messages by it (protocol §3.8). The reads are made outside of any transaction.
 *
 * @returns when to look again, milliseconds
 */
export async function askForUnknown(ports: UnknownSendPorts): Promise<number> {
  const { dataSource, logger } = ports;
  const nowMs = await readNowMs(dataSource.manager);
  const due = await rows<DueSend>(dataSource.manager, DUE, [
    new Date(nowMs),
    new Date(nowMs - UNKNOWN_WAIT_MS),
    AT_ONCE,
  ]);
  if (due.length === 0) return IDLE_MS;
  const asked: AskedSend[] = [];
  await eachBounded(due, WIDTH, async (send) => {
    asked.push({ ...send, answer: await nextEligibleTime(ports, send) });
  });
  const settled = await eachCampaign(dataSource, asked, settleUnknown);
  if (settled > 0) logger.info({ settled }, "Unknown sends were settled by Meta's next eligible time");
  return 0;
}

/** A token that is gone, here or at Meta, says nothing and will not; whatever else failed is tried again. */
async function nextEligibleTime({ graph, envelope }: UnknownSendPorts, send: DueSend): Promise<NextEligibleTime> {
  const address = addressOf(envelope, send);
  if (address === null) return { kind: 'silent' };
  const result = await graph.readNotificationToken(address);
  if (result.kind !== 'ok') return { kind: isNotThere(result) ? 'silent' : 'unread' };
  const { nextPaidAtMs } = result.value;
  return nextPaidAtMs === undefined ? { kind: 'silent' } : { kind: 'read', nextPaidAtMs };
}

/** One that cannot be opened holds up nobody else. @returns null when there is nobody to ask for */
function addressOf(envelope: Envelope, { token, page_token: pageToken, page_id: pageId }: DueSend): Address | null {
  if (token === null) return null;
  try {
    return {
      token: envelope.open(token, `subscriber_tokens.token:${pageId}`).toString('utf8'),
      pageToken: envelope.open(pageToken, `pages.token:${pageId}`).toString('utf8'),
    };
  } catch (error) {
    if (error instanceof EnvelopeError) return null;
    throw error;
  }
}
