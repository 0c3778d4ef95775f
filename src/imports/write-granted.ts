import type { EntityManager } from 'typeorm';
import { isTimeZone } from '../../domain/shared/local-time';
import { titleKey } from '../../domain/subscriber/title-key';
import { readTopics } from '../inbox/topic-of-opt-in';
import { carrySpacing } from '../ledger/carry-spacing';
import { isoOrNull } from '../ledger/moments';
import { rows } from '../persistence/database';
import { uuidV7 } from '../security/uuid-v7';
import type { ImportKeys, ImportRef } from './import-ref';
import type { Listed } from './listed-people';

interface Changed {
  readonly subscriber_id: string;
}

const ids = (changed: readonly Changed[]): string[] => changed.map(({ subscriber_id: id }) => id);

/**
 * People whose subscription is active: consent and token together, Meta's next paid moment, topic.
 *
 * @returns whose record changed
 */
export async function writeGranted(
  manager: EntityManager,
  keys: ImportKeys,
  ref: ImportRef,
  listed: readonly Listed[],
): Promise<string[]> {
  if (listed.length === 0) return [];
  const people = await writePeople(manager, ref, listed);
  await takeFromHolders(manager, ref, listed);
  const tokens = await writeTokens(manager, keys, ref, listed);
  const topics = await writeTopics(manager, ref, listed);
  return [...ids(people), ...ids(tokens), ...ids(topics)];
}

const PEOPLE = `
WITH listed AS (
  SELECT DISTINCT ON (id) * FROM jsonb_to_recordset($2::jsonb)
    AS t (id uuid, consent_at timestamptz, time_zone text, next_paid_at timestamptz)
   ORDER BY id, next_paid_at DESC NULLS LAST
)
UPDATE subscribers s
   SET consent = 'granted', consent_at = l.consent_at, time_zone = coalesce(s.time_zone, l.time_zone),
       meta_paid_until = greatest(s.meta_paid_until, l.next_paid_at),
       meta_paid_rule = CASE WHEN l.next_paid_at > coalesce(s.meta_paid_until, '-infinity') THEN 'R-08'
                             ELSE s.meta_paid_rule END,
       rev = s.rev + 1, updated_at = now()
  FROM listed l
 WHERE s.workspace_id = $1 AND s.id = l.id
   AND (s.consent <> 'granted' OR (s.time_zone IS NULL AND l.time_zone IS NOT NULL)
        OR l.next_paid_at > coalesce(s.meta_paid_until, '-infinity'))
RETURNING s.id AS subscriber_id`;

/** Meta's word on the next paid message is taken over where it is later than what we know. */
function writePeople(manager: EntityManager, ref: ImportRef, listed: readonly Listed[]): Promise<Changed[]> {
  return rows<Changed>(manager, PEOPLE, [
    ref.workspaceId,
    JSON.stringify(
      listed.map(({ token, person, after }) => ({
        id: person.subscriberId,
        consent_at: isoOrNull(after.atMs),
        time_zone: token.timeZone !== undefined && isTimeZone(token.timeZone) ? token.timeZone : null,
        next_paid_at: isoOrNull(token.nextPaidAtMs ?? null),
      })),
    ),
  ]);
}

/** A token that stood with another row, for instance of a contact list, is from now on the person's it names, with its spacing. */
async function takeFromHolders(manager: EntityManager, ref: ImportRef, listed: readonly Listed[]): Promise<void> {
  const held = listed.flatMap(({ person, hash }) =>
    person.holderId === undefined ? [] : [{ hash, from: person.holderId, to: person.subscriberId }],
  );
  if (held.length === 0) return;
  await rows(
    manager,
    `UPDATE subscribers s SET token_id = NULL, rev = s.rev + 1, updated_at = now()
       FROM subscriber_tokens t
      WHERE s.workspace_id = $1 AND s.id = ANY($3) AND t.id = s.token_id AND t.workspace_id = $1 AND t.page_id = $2
        AND t.hash = ANY($4)`,
    [ref.workspaceId, ref.pageId, held.map(({ from }) => from), held.map(({ hash }) => hash)],
  );
  await carrySpacing(manager, ref.workspaceId, held);
}

const TOKENS = `
WITH listed AS (
  SELECT * FROM unnest($3::uuid[], $4::uuid[], $5::bytea[], $6::bytea[], $7::text[], $8::timestamptz[])
    AS t (id, subscriber_id, hash, sealed, source, expires_at)
), kept AS (
  INSERT INTO subscriber_tokens
    (id, workspace_id, page_id, subscriber_id, hash, sealed, source, expires_at, last_sync_id)
  SELECT id, $1, $2, subscriber_id, hash, sealed, source, expires_at, $9 FROM listed ORDER BY hash
  ON CONFLICT (page_id, hash) DO UPDATE
    SET subscriber_id = EXCLUDED.subscriber_id, state = 'active', ended_at = NULL, ended_reason = NULL,
        expires_at = coalesce(EXCLUDED.expires_at, subscriber_tokens.expires_at), last_sync_id = EXCLUDED.last_sync_id
  RETURNING id, subscriber_id
), newest AS (
  SELECT DISTINCT ON (subscriber_id) id, subscriber_id FROM kept ORDER BY subscriber_id, id DESC
)
UPDATE subscribers s SET token_id = n.id, rev = s.rev + 1, updated_at = now() FROM newest n
 WHERE s.workspace_id = $1 AND s.id = n.subscriber_id AND s.token_id IS DISTINCT FROM n.id
   AND NOT EXISTS (SELECT FROM subscriber_tokens t
                    WHERE t.id = s.token_id AND t.workspace_id = $1 AND t.subscriber_id = s.id AND t.state = 'active')
RETURNING s.id AS subscriber_id`;

/** The token a person is written to by; one that is in use stays in use. */
function writeTokens(
  manager: EntityManager,
  { envelope }: ImportKeys,
  ref: ImportRef,
  listed: readonly Listed[],
): Promise<Changed[]> {
  return rows<Changed>(manager, TOKENS, [
    ref.workspaceId,
    ref.pageId,
    listed.map(() => uuidV7()),
    listed.map(({ person }) => person.subscriberId),
    listed.map(({ hash }) => hash),
    listed.map(({ token }) => envelope.seal(token.token, `subscriber_tokens.token:${ref.pageId}`)),
    listed.map(({ source }) => source),
    listed.map(({ token }) => isoOrNull(token.expiresAtMs ?? null)),
    ref.id,
  ]);
}

/** `topic_title` has no meaning for Meta; where it is a topic of ours, it is what the person opted in to. */
async function writeTopics(manager: EntityManager, ref: ImportRef, listed: readonly Listed[]): Promise<Changed[]> {
  const topics = await readTopics(manager, [ref.workspaceId], [ref.pageId]);
  const pairs = listed.flatMap(({ token, person }) => {
    const title = token.topicTitle;
    const topic = title === undefined ? undefined : topics.find((one) => one.titleKey === titleKey(title));
    return topic === undefined ? [] : [{ subscriberId: person.subscriberId, topicId: topic.id }];
  });
  if (pairs.length === 0) return [];
  return rows<Changed>(
    manager,
    `INSERT INTO subscriber_topics (subscriber_id, topic_id, workspace_id, opted_in_at)
     SELECT DISTINCT subscriber_id, topic_id, $1::uuid, $4::timestamptz
       FROM unnest($2::uuid[], $3::uuid[]) AS t (subscriber_id, topic_id)
     ON CONFLICT (subscriber_id, topic_id) DO UPDATE SET ended_at = NULL, opted_in_at = EXCLUDED.opted_in_at
       WHERE subscriber_topics.ended_at IS NOT NULL
     RETURNING subscriber_id`,
    [
      ref.workspaceId,
      pairs.map((pair) => pair.subscriberId),
      pairs.map((pair) => pair.topicId),
      new Date(ref.requestedAtMs),
    ],
  );
}
