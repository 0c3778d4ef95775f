import { IsNull, Not } from 'typeorm';
import { present } from '../../http/present';
import { ConsentEventEntity, OutboxEntity } from '../../persistence/entities';
import type { PlacedEntry } from './timeline-position';
import { isAfter } from './timeline-position';
import type { TimelineSource } from './timeline-source';

const RANK = 6;

/**
 * Meta did not take an opt-out that began here; it is tried again, and holds here all the same. It stands at the moment
 * of the opt-out, for the outbox knows no business time.
 */
export const unsubscribeSource: TimelineSource = async (manager, { subscriberId, after }) => {
  const failed = await manager.findBy(OutboxEntity, {
    ownerId: subscriberId,
    kind: 'unsubscribe',
    lastError: Not(IsNull()),
  });
  if (failed.length === 0) return [];
  const optOut = await manager.findOne(ConsentEventEntity, {
    where: { subscriberId, kind: 'opt_out' },
    order: { occurredAt: 'DESC' },
  });
  return failed
    .map((owed) => placed(owed, optOut?.occurredAt ?? owed.createdAt))
    .filter(({ position }) => isAfter(position, after));
};

const placed = ({ id, lastError }: OutboxEntity, at: Date): PlacedEntry => ({
  position: { atMs: at.getTime(), rank: RANK, row: id },
  entry: present({ at: at.toISOString(), kind: 'unsubscribe_failed', source: 'graph' as const, detail: lastError }),
});
