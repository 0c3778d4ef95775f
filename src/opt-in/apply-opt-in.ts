import type { EntityManager } from 'typeorm';
import type { SubscriberIds } from '../../activities/subscriber.ports';
import { isTimeZone } from '../../domain/shared/local-time';
import type { Consent, ConsentRegister } from '../../domain/subscriber/consent';
import { applyConsent } from '../../domain/subscriber/consent';
import { isoOrNull, msOrNull } from '../ledger/moments';
import { rows } from '../persistence/database';
import type { StoredOptIn } from './stored-opt-in';

/** What an opt-in meant. */
export interface AppliedOptIn {
  /** The person has not left since. */
  readonly counts: boolean;
  /** No newer word of the person is known: its token is the one to use. */
  readonly isNewest: boolean;
}

/**
 * Brings an opt-in into the register of a locked person. Events come in any order: one that is older than another opt-in
 * still adds its topic, one that is older than the newest opt-out adds nothing; of two at the same moment the opt-out wins.
 */
export async function applyOptIn(
  manager: EntityManager,
  ids: SubscriberIds,
  optIn: StoredOptIn,
): Promise<AppliedOptIn> {
  const { register, leftAtMs } = await readRegister(manager, ids);
  const { register: after, applied } = applyConsent(register, { kind: 'opt_in', atMs: optIn.atMs });
  const counts = after.consent === 'granted' && optIn.atMs > (leftAtMs ?? Number.NEGATIVE_INFINITY);
  if (applied) await writeRegister(manager, ids, after, optIn);
  if (counts) await keepTopic(manager, ids, optIn);
  await markProof(manager, ids, optIn, counts);
  return { counts, isNewest: applied };
}

async function readRegister(
  manager: EntityManager,
  { workspaceId, subscriberId }: SubscriberIds,
): Promise<{ readonly register: ConsentRegister; readonly leftAtMs: number | null }> {
  const [stored] = await rows<{ consent: Consent; consent_at: Date | null; left_at: Date | null }>(
    manager,
    `SELECT s.consent, s.consent_at,
            (SELECT max(occurred_at) FROM consent_events
              WHERE workspace_id = $1 AND subscriber_id = $2 AND kind = 'opt_out') AS left_at
       FROM subscribers s WHERE s.workspace_id = $1 AND s.id = $2`,
    [workspaceId, subscriberId],
  );
  if (stored === undefined) throw new Error(`Subscriber ${subscriberId} is gone.`);
  return {
    register: { consent: stored.consent, atMs: msOrNull(stored.consent_at) },
    leftAtMs: msOrNull(stored.left_at),
  };
}

/** The person's own time zone counts for local days, and somebody who only wrote is known by an opt-in from now on. */
async function writeRegister(
  manager: EntityManager,
  { workspaceId, subscriberId }: SubscriberIds,
  { consent, atMs }: ConsentRegister,
  { timeZone }: StoredOptIn,
): Promise<void> {
  await rows(
    manager,
    `UPDATE subscribers SET consent = $3, consent_at = $4, time_zone = COALESCE(time_zone, $5),
            source = CASE source WHEN 'wrote' THEN 'opt_in' ELSE source END, rev = rev + 1, updated_at = now()
      WHERE workspace_id = $1 AND id = $2`,
    [workspaceId, subscriberId, consent, isoOrNull(atMs), timeZone !== null && isTimeZone(timeZone) ? timeZone : null],
  );
}

async function keepTopic(
  manager: EntityManager,
  { workspaceId, subscriberId }: SubscriberIds,
  { topicId, atMs }: StoredOptIn,
): Promise<void> {
  if (topicId === null) return;
  await rows(
    manager,
    `INSERT INTO subscriber_topics (workspace_id, subscriber_id, topic_id, opted_in_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (subscriber_id, topic_id) DO UPDATE
       SET opted_in_at = GREATEST(subscriber_topics.opted_in_at, EXCLUDED.opted_in_at), ended_at = NULL`,
    [workspaceId, subscriberId, topicId, isoOrNull(atMs)],
  );
}

async function markProof(
  manager: EntityManager,
  { workspaceId, subscriberId }: SubscriberIds,
  { inboxId }: StoredOptIn,
  counts: boolean,
): Promise<void> {
  await rows(
    manager,
    `UPDATE consent_events SET applied = $4
      WHERE workspace_id = $1 AND subscriber_id = $2 AND inbox_id = $3 AND kind = 'opt_in' AND applied <> $4`,
    [workspaceId, subscriberId, inboxId, counts],
  );
}
