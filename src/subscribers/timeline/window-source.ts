import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { WINDOW_MS } from '../../../domain/rules/window-rules';
import { inboxLane } from '../../inbox/inbox-lane';
import { InboxEntity, SubscriberEntity, SubscriberIdentityEntity } from '../../persistence/entities';
import type { PlacedEntry } from './timeline-position';
import { isAfter } from './timeline-position';
import type { TimelineSource } from './timeline-source';
import { following } from './timeline-source';

const RANK = 0;

/**
 * What the person did that opened the standard window, as long as the inbox keeps it; the opening that counts now stands
 * in the person's row and is shown in any case.
 */
export const windowSource: TimelineSource = async (manager, question) => {
  const person = await manager.findOneByOrFail(SubscriberEntity, { id: question.subscriberId });
  const actions = await actionsOf(manager, person);
  const found = actions === null ? [] : await following(actions, question, COLUMNS).getMany();
  const entries = found.map(({ id, kind, eventAt }) => opened(eventAt.getTime(), id, kind));
  const present = await presentOpening(manager, person);
  return present !== null && isAfter(present.position, question.after) ? [...entries, present] : entries;
};

const COLUMNS = { at: 'action.event_at', row: 'action.id::text', rank: RANK };

/** @returns null for a person whose PSID nobody knows */
async function actionsOf(
  manager: EntityManager,
  { id, pageId }: SubscriberEntity,
): Promise<SelectQueryBuilder<InboxEntity> | null> {
  const identity = await manager.findOneBy(SubscriberIdentityEntity, { subscriberId: id, pageId, kind: 'psid' });
  if (identity === null) return null;
  const psidHash = identity.hash.toString('hex');
  return manager
    .createQueryBuilder(InboxEntity, 'action')
    .where({ pageId, lane: inboxLane(pageId, psidHash) })
    .andWhere("action.keys->>'windowOpens' = 'true' AND action.keys->>'psidHash' = :psidHash", { psidHash });
}

/** @returns null while no window was opened, or when the inbox has what opened it */
async function presentOpening(manager: EntityManager, person: SubscriberEntity): Promise<PlacedEntry | null> {
  if (person.windowUntil === null) return null;
  const at = new Date(person.windowUntil.getTime() - WINDOW_MS);
  const actions = await actionsOf(manager, person);
  const isKept = actions !== null && (await actions.andWhere('action.event_at = :at', { at }).getExists());
  return isKept ? null : opened(at.getTime(), person.id);
}

const opened = (atMs: number, row: string, detail?: string): PlacedEntry => ({
  position: { atMs, rank: RANK, row },
  entry: {
    at: new Date(atMs).toISOString(),
    kind: 'window_opened',
    source: 'webhook',
    until: new Date(atMs + WINDOW_MS).toISOString(),
    ...(detail !== undefined && { detail }),
  },
});
