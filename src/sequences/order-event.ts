import type { JsonObject } from '../../domain/content/json';
import type { RuleId } from '../../domain/rules/rule';

/** An order reached a status, as a shop says it. */
export interface OrderEventReport {
  readonly source: string;
  readonly orderId: string;
  /** Free text; compared upper-case. */
  readonly status: string;
  /** Ours. */
  readonly pageId: string;
  readonly subscriberId?: string | undefined;
  readonly psid?: string | undefined;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  /** Milliseconds (UTC). */
  readonly occurredAtMs: number;
  readonly amountMinor?: number | undefined;
  readonly currency?: string | undefined;
  readonly items?: readonly JsonObject[] | undefined;
}

/** What may become of an order event. */
export type OrderEventOutcome = 'accepted' | 'duplicate' | 'stale' | 'no_subscriber' | 'no_automation';

/** A step that an automation will do, as far as it can be told now. */
export interface PlannedStep {
  readonly step: 'ask' | 'send';
  /** When, ISO 8601; absent while nobody knows. */
  readonly at?: string;
  /** The rule it waits for. */
  readonly ruleId?: RuleId;
  /** When it gives up, ISO 8601. */
  readonly until?: string;
}

/** What became of an order event. */
export interface OrderEventResult {
  readonly id: string;
  readonly outcome: OrderEventOutcome;
  /** Of the person, where one is known. */
  readonly workflowId?: string;
  readonly willDo: readonly PlannedStep[];
}

/** Statuses after which nothing about the order is said any more. Source: brief S18. */
const CALLED_OFF = ['CANCELLED', 'REFUNDED'];

/** Whether a status ends what an order has set going. */
export const isCalledOff = (status: string): boolean => CALLED_OFF.includes(status);

/** A status as it is compared and stored. */
export const statusKey = (status: string): string => status.trim().toUpperCase();

/** What runs of one order are found by. */
export const orderKey = ({ source, orderId }: Pick<OrderEventReport, 'source' | 'orderId'>): string =>
  JSON.stringify([source, orderId]);
