import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';

/** The counters of a lifetime budget stand under this day. */
export const LIFETIME = 'lifetime';

/** Money counters of a campaign (or of one of its budget days), minor units. */
export interface BudgetCounters {
  readonly budgetMinor: number;
  readonly reservedMinor: number;
  readonly spentMinor: number;
  readonly metaSpendMinor: number | null;
  /** A delivery after its release once brought the books above the budget. */
  readonly overdrawn: boolean;
}

/**
 * What may still be reserved: the budget less what is bound, by our books or by Meta's, whichever is more. Books above
 * the budget leave nothing until a raise or returned money brings them below it again.
 */
export const remainingMinor = (counters: BudgetCounters): number =>
  Math.max(
    0,
    counters.budgetMinor - Math.max(counters.reservedMinor + counters.spentMinor, counters.metaSpendMinor ?? 0),
  );

interface StoredBudget {
  budget_minor: number;
  reserved_minor: number;
  spent_minor: number;
  meta_spend_minor: number | null;
  overdrawn: boolean;
}

const SELECT = `SELECT budget_minor, reserved_minor, spent_minor, meta_spend_minor, overdrawn FROM campaign_budgets
  WHERE workspace_id = $1 AND campaign_id = $2 AND budget_day = $3`;

/** Reads the counters of a campaign's budget. @returns null for a campaign without budget */
export async function readBudget(
  manager: EntityManager,
  workspaceId: string,
  campaignId: string,
  lock: 'lock' | 'look' = 'look',
): Promise<BudgetCounters | null> {
  const [stored] = await rows<StoredBudget>(manager, lock === 'lock' ? `${SELECT} FOR UPDATE` : SELECT, [
    workspaceId,
    campaignId,
    LIFETIME,
  ]);
  if (stored === undefined) return null;
  return {
    budgetMinor: stored.budget_minor,
    reservedMinor: stored.reserved_minor,
    spentMinor: stored.spent_minor,
    metaSpendMinor: stored.meta_spend_minor,
    overdrawn: stored.overdrawn,
  };
}

/** One movement of money of one send; written with the move itself (`moveSends`). */
export interface Booking {
  readonly sendId: string;
  readonly claimNo: number;
  readonly kind: 'reserve' | 'charge' | 'release' | 'adjust';
  readonly amountMinor: number;
  readonly budgetDay: string;
}
