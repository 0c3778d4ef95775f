import type { EntityManager } from 'typeorm';
import type { CampaignState } from '../../domain/campaign/campaign-transitions';
import { takesRecipients } from '../../domain/campaign/campaign-transitions';
import type { JsonObject } from '../../domain/content/json';
import type { Variables } from '../../domain/content/render-content';
import { sendMovesTo } from '../../domain/delivery/send-transitions';
import type { OwedWake } from '../outbox/wake';
import { wake } from '../outbox/wake';
import { rows } from '../persistence/database';
import { uuidV7 } from '../security/uuid-v7';
import type { ContentKeys } from './campaign-content';
import { storeContents } from './campaign-content';
import type { CampaignRecord, CampaignRef } from './campaign-record';
import { shareCampaign } from './campaign-record';
import { recipientsAddedSignal } from '../../workflows/campaign/campaign.contract';

/** One person chosen by a call. */
export interface ChosenRecipient {
  readonly subscriberId: string;
  /** Own content; without it the call's or the campaign's. */
  readonly content?: JsonObject | undefined;
  readonly variables?: Variables | undefined;
}

/** One call of `POST …/messages`. */
export interface ChosenCall extends CampaignRef {
  readonly choiceId: string;
  /** The call's content; null takes the campaign's own. */
  readonly defaultContent: JsonObject | null;
  readonly recipients: readonly ChosenRecipient[];
}

/** What became of a call; the rest stands in the ledger. */
export interface ChosenResult {
  readonly received: number;
  readonly duplicates: number;
  readonly unknown: number;
  readonly unknownIds: readonly string[];
  readonly owed: readonly OwedWake[];
}

/** The campaign takes nobody any more. */
export class CampaignClosedError extends Error {
  constructor(
    readonly state: CampaignState,
    readonly reason: string | null,
    readonly endAtMs: number | null,
  ) {
    super(`The campaign is ${state}.`);
  }
}

/** Neither recipient, call nor campaign brought a content. */
export class ContentMissingError extends Error {
  constructor(readonly recipient: number) {
    super('There is no content.');
  }
}

const UNKNOWN_SHOWN = 100;

/**
 * Queues chosen people in the transaction of the 202: a row each, decided later by a batch. The same content goes to a
 * person once; refused, failed and cancelled rows are queued again.
 *
 * @throws CampaignClosedError when the campaign takes nobody
 * @throws ContentMissingError when a recipient has no content at all
 */
export async function queueChosen(manager: EntityManager, keys: ContentKeys, call: ChosenCall): Promise<ChosenResult> {
  const campaign = await shareCampaign(manager, call.workspaceId, call.campaignId);
  if (campaign === null || !isOpen(campaign))
    throw new CampaignClosedError(campaign?.state ?? 'draft', campaign?.reason ?? null, campaign?.endAtMs ?? null);
  const known = await knownPeople(manager, call);
  const unknownIds = call.recipients.map((one) => one.subscriberId).filter((id) => !known.has(id));
  const chosen = await withMessages(manager, keys, campaign, call, known);
  const count = await writeRows(manager, keys, campaign, call.choiceId, chosen);
  const owed = count === 0 ? [] : [await wake(manager, addedTo(call, count))];
  return {
    received: call.recipients.length,
    duplicates: call.recipients.length - unknownIds.length - count,
    unknown: unknownIds.length,
    unknownIds: unknownIds.slice(0, UNKNOWN_SHOWN),
    owed,
  };
}

const isOpen = ({ state, endAtMs, nowMs }: CampaignRecord): boolean =>
  takesRecipients(state) && (endAtMs === null || nowMs < endAtMs);

const addedTo = (call: ChosenCall, count: number): Parameters<typeof wake>[1] => ({
  workspaceId: call.workspaceId,
  pageId: call.pageId,
  ownerKind: 'campaign',
  ownerId: call.campaignId,
  signal: recipientsAddedSignal.name,
  args: { choiceId: call.choiceId, count },
});

async function knownPeople(manager: EntityManager, call: ChosenCall): Promise<Set<string>> {
  const found = await rows<{ id: string }>(
    manager,
    'SELECT id FROM subscribers WHERE workspace_id = $1 AND page_id = $2 AND id = ANY($3)',
    [call.workspaceId, call.pageId, call.recipients.map((one) => one.subscriberId)],
  );
  return new Set(found.map((person) => person.id));
}

interface ChosenMessage {
  readonly recipient: ChosenRecipient;
  readonly messageId: string;
}

/** Gives every known recipient their message; a person named twice with one content is one. */
async function withMessages(
  manager: EntityManager,
  keys: ContentKeys,
  campaign: CampaignRecord,
  call: ChosenCall,
  known: ReadonlySet<string>,
): Promise<ChosenMessage[]> {
  const fallback = call.defaultContent ?? (await contentOf(manager, keys, campaign));
  const recipients = call.recipients.filter((one) => known.has(one.subscriberId));
  const contents = recipients.map((recipient, index) => {
    const content = recipient.content ?? fallback;
    if (content === null) throw new ContentMissingError(index);
    return content;
  });
  const ids = await storeContents(
    manager,
    keys,
    { workspaceId: call.workspaceId, campaignId: call.campaignId },
    contents,
  );
  const chosen = new Map<string, ChosenMessage>();
  recipients.forEach((recipient, index) => {
    const messageId = ids[index] ?? '';
    const key = `${recipient.subscriberId} ${messageId}`;
    if (!chosen.has(key)) chosen.set(key, { recipient, messageId });
  });
  return [...chosen.values()];
}

async function contentOf(
  manager: EntityManager,
  { envelope }: ContentKeys,
  campaign: CampaignRecord,
): Promise<JsonObject | null> {
  if (campaign.messageId === null) return null;
  const [stored] = await rows<{ content_sealed: Buffer }>(
    manager,
    'SELECT content_sealed FROM campaign_messages WHERE workspace_id = $1 AND id = $2',
    [campaign.workspaceId, campaign.messageId],
  );
  if (stored === undefined) return null;
  const opened = envelope.open(stored.content_sealed, `campaign_messages.content:${campaign.messageId}`);
  return JSON.parse(opened.toString()) as JsonObject;
}

/**
 * A new choice is a new life: what a claim had decided goes, what Meta said of the attempt before stays until the next
 * begin, so that its late events still find it. In the order of the key on which two calls could wait for each other.
 */
const WRITE = `
WITH chosen AS (
  SELECT * FROM unnest($5::uuid[], $6::uuid[], $7::uuid[]) AS t (id, subscriber_id, message_id)
), written AS (
  INSERT INTO sends (workspace_id, page_id, campaign_id, choice_id, id, subscriber_id, campaign_message_id, state)
  SELECT $1, $2, $3, $4, id, subscriber_id, message_id, 'queued' FROM chosen ORDER BY subscriber_id, message_id
  ON CONFLICT (campaign_id, subscriber_id, campaign_message_id) DO UPDATE
    SET state = 'queued', choice_id = EXCLUDED.choice_id, tries = 0, rule_id = NULL, facts = NULL, allowed_at = NULL,
        due_at = NULL, reason = NULL, batch_id = NULL, variables_sealed = NULL, updated_at = now()
    WHERE sends.state = ANY($9) AND sends.delivered_at IS NULL
  RETURNING id, subscriber_id, campaign_message_id
), history AS (
  INSERT INTO send_states (workspace_id, campaign_id, send_id, state, detail, at)
  SELECT $1, $3, id, 'queued', 'chosen', $8 FROM written ORDER BY id
)
SELECT id, subscriber_id, campaign_message_id FROM written`;

/** @returns how many rows this call wrote; rows that stood already in a state that counts are left alone */
async function writeRows(
  manager: EntityManager,
  keys: ContentKeys,
  campaign: CampaignRecord,
  choiceId: string,
  chosen: readonly ChosenMessage[],
): Promise<number> {
  if (chosen.length === 0) return 0;
  await lockStanding(manager, campaign, chosen);
  const written = await rows<{ id: string; subscriber_id: string; campaign_message_id: string }>(manager, WRITE, [
    campaign.workspaceId,
    campaign.pageId,
    campaign.id,
    choiceId,
    chosen.map(() => uuidV7()),
    chosen.map((one) => one.recipient.subscriberId),
    chosen.map((one) => one.messageId),
    new Date(campaign.nowMs),
    sendMovesTo('queued', 'choice'),
  ]);
  await storeVariables(manager, keys, campaign, chosen, written);
  return written.length;
}

/** Rows that stand already are locked in the order of their ids, as everywhere. */
async function lockStanding(
  manager: EntityManager,
  campaign: CampaignRecord,
  chosen: readonly ChosenMessage[],
): Promise<void> {
  await rows(
    manager,
    `SELECT id FROM sends WHERE workspace_id = $1 AND campaign_id = $2
        AND (subscriber_id, campaign_message_id) IN (SELECT * FROM unnest($3::uuid[], $4::uuid[]))
      ORDER BY id FOR UPDATE`,
    [
      campaign.workspaceId,
      campaign.id,
      chosen.map((one) => one.recipient.subscriberId),
      chosen.map((one) => one.messageId),
    ],
  );
}

/** Variables are sealed under the id of the row that stands, which may be an older one. */
async function storeVariables(
  manager: EntityManager,
  { envelope }: ContentKeys,
  campaign: CampaignRecord,
  chosen: readonly ChosenMessage[],
  written: readonly { id: string; subscriber_id: string; campaign_message_id: string }[],
): Promise<void> {
  const variablesOf = new Map(
    chosen.map(({ recipient, messageId }) => [`${recipient.subscriberId} ${messageId}`, recipient.variables]),
  );
  const sealed = written.flatMap((row) => {
    const variables = variablesOf.get(`${row.subscriber_id} ${row.campaign_message_id}`);
    return variables === undefined || Object.keys(variables).length === 0
      ? []
      : [{ id: row.id, sealed: envelope.seal(JSON.stringify(variables), `sends.variables:${row.id}`) }];
  });
  if (sealed.length === 0) return;
  await rows(
    manager,
    `UPDATE sends SET variables_sealed = n.sealed FROM unnest($3::uuid[], $4::bytea[]) AS n (id, sealed)
      WHERE sends.workspace_id = $1 AND sends.campaign_id = $2 AND sends.id = n.id`,
    [campaign.workspaceId, campaign.id, sealed.map((one) => one.id), sealed.map((one) => one.sealed)],
  );
}
