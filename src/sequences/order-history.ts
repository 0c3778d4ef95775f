import type { EntityManager } from 'typeorm';
import { msOrNull } from '../ledger/moments';
import { rows } from '../persistence/database';
import type { Envelope } from '../security/envelope';
import type { OrderEventOutcome, OrderEventReport } from './order-event';
import { statusKey } from './order-event';

/** What is known of an order already. */
export interface EarlierEvents {
  /** The event with the same status, null when it is new. */
  readonly sameId: string | null;
  /** When its newest event happened, milliseconds (UTC). */
  readonly newestAtMs: number | null;
}

/** Reads what is known of an order. */
export async function readEarlierEvents(
  manager: EntityManager,
  workspaceId: string,
  { source, orderId, status }: OrderEventReport,
): Promise<EarlierEvents> {
  const [known] = await rows<{ same_id: string | null; newest_at: Date | null }>(
    manager,
    `SELECT max(occurred_at) AS newest_at, max(id::text) FILTER (WHERE status = $4) AS same_id
       FROM order_events WHERE workspace_id = $1 AND source = $2 AND order_id = $3`,
    [workspaceId, source, orderId, statusKey(status)],
  );
  return { sameId: known?.same_id ?? null, newestAtMs: msOrNull(known?.newest_at ?? null) };
}

/** An event to be written. */
export interface NewOrderEvent {
  readonly id: string;
  readonly workspaceId: string;
  readonly subscriberId: string | null;
  readonly report: OrderEventReport;
  readonly outcome: OrderEventOutcome;
}

/** Writes an event. @returns false when somebody else has written the same one meanwhile */
export async function insertOrderEvent(
  manager: EntityManager,
  envelope: Envelope,
  { id, workspaceId, subscriberId, report, outcome }: NewOrderEvent,
): Promise<boolean> {
  const inserted = await rows(
    manager,
    `INSERT INTO order_events (id, workspace_id, page_id, source, order_id, status, subscriber_id, occurred_at,
       amount_minor, currency, items_sealed, outcome)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT (workspace_id, source, order_id, status) DO NOTHING RETURNING id`,
    [
      id,
      workspaceId,
      report.pageId,
      report.source,
      report.orderId,
      statusKey(report.status),
      subscriberId,
      new Date(report.occurredAtMs),
      report.amountMinor ?? null,
      report.currency ?? null,
      report.items === undefined ? null : envelope.seal(JSON.stringify(report.items), `order_events.items:${id}`),
      outcome,
    ],
  );
  return inserted.length === 1;
}
