import { subscriberWorkflowId } from '../../workflows/shared/names';
import { present } from '../http/present';
import type { OrderEventEntity } from '../persistence/entities';
import type { OrderEventDto } from './dto/order-event.dto';

/** An order event as the API shows it. */
export const showOrderEvent = (event: OrderEventEntity): OrderEventDto =>
  present({
    id: event.id,
    source: event.source,
    orderId: event.orderId,
    status: event.status,
    pageId: event.pageId,
    subscriberId: event.subscriberId,
    occurredAt: event.occurredAt.toISOString(),
    amountMinor: event.amountMinor,
    currency: event.currency,
    outcome: event.outcome,
    workflowId: event.subscriberId === null ? null : subscriberWorkflowId(event.pageId, event.subscriberId),
  });
