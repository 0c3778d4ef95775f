import { OrderEventEntity } from '../../persistence/entities';
import type { TimelineSource } from './timeline-source';
import { following } from './timeline-source';

const RANK = 4;

/** Orders of the person that reached a status. */
export const orderSource: TimelineSource = async (manager, question) => {
  const { subscriberId } = question;
  const events = manager.createQueryBuilder(OrderEventEntity, 'event').where({ subscriberId });
  const found = await following(events, question, {
    at: 'event.occurred_at',
    row: 'event.id::text',
    rank: RANK,
  }).getMany();
  return found.map((event) => ({
    position: { atMs: event.occurredAt.getTime(), rank: RANK, row: event.id },
    entry: {
      at: event.occurredAt.toISOString(),
      kind: 'order_status',
      source: 'api' as const,
      orderId: event.orderId,
      status: event.status,
      outcome: event.outcome,
    },
  }));
};
