import type { EntityManager } from 'typeorm';
import type { NotificationToken } from '../graph-api/calls/notification-tokens';
import { rows } from '../persistence/database';
import type { ImportCounts, ImportKeys, ImportRef } from './import-ref';
import type { Listed, Verdict } from './listed-people';
import { listedPeople } from './listed-people';
import { writeGranted } from './write-granted';
import { tellOpenWorkflows, writeProofs } from './write-proofs';
import { writeStopped } from './write-stopped';

/**
 * Takes one page of Meta's token list over, in the caller's transaction: people, consent, tokens, next paid moments and
 * topics as upserts, so that a repeat changes nothing. It never revives someone who left.
 *
 * @param source - how the people of this list came, where the list is of one way in alone
 */
export async function importPage(
  manager: EntityManager,
  keys: ImportKeys,
  ref: ImportRef,
  tokens: readonly NotificationToken[],
  source?: string,
): Promise<ImportCounts> {
  const listed = onePerPerson(await listedPeople(manager, keys, ref, distinct(tokens), source));
  const of = (...verdicts: Verdict[]): Listed[] => listed.filter(({ verdict }) => verdicts.includes(verdict));
  await markSeen(manager, ref, listed);
  const written = new Set(await writeGranted(manager, keys, ref, of('grants', 'stands')));
  await writeStopped(manager, ref, of('stops'));
  await writeProofs(manager, ref, of('grants', 'stops'));
  await tellOpenWorkflows(manager, ref, of('grants', 'stops'));
  const known = listed.filter(({ person }) => !person.isNew);
  return {
    seen: tokens.length,
    added: listed.length - known.length,
    changed: known.filter(({ person }) => written.has(person.subscriberId)).length,
    gone: of('stops').filter(({ before }) => before.consent === 'granted').length,
  };
}

/** Rows move while the list is read, so a token may come twice in a page. */
const distinct = (tokens: readonly NotificationToken[]): NotificationToken[] => [
  ...new Map(tokens.map((token) => [token.token, token])).values(),
];

/** Somebody with several tokens counts once; an active one speaks for them before one that ended. */
const onePerPerson = (listed: readonly Listed[]): Listed[] => {
  const byPerson = new Map<string, Listed>();
  for (const one of listed) {
    const before = byPerson.get(one.person.subscriberId);
    if (before === undefined || (!before.token.active && one.token.active)) byPerson.set(one.person.subscriberId, one);
  }
  return [...byPerson.values()];
};

/** Whatever the list shows has not vanished, whatever it means for the person. */
async function markSeen(manager: EntityManager, ref: ImportRef, listed: readonly Listed[]): Promise<void> {
  await rows(
    manager,
    `UPDATE subscriber_tokens SET last_sync_id = $3
      WHERE workspace_id = $1 AND page_id = $2 AND hash = ANY($4) AND last_sync_id IS DISTINCT FROM $3`,
    [ref.workspaceId, ref.pageId, ref.id, listed.map(({ hash }) => hash)],
  );
}
