import type { EntityManager } from 'typeorm';
import { rows } from '../../../src/persistence/database';

/** Breaks "→ budget row": what remains is looked at, and reserved afterwards. */
export const reserveAfterLook = async (
  manager: EntityManager,
  campaignId: string,
  costMinor: number,
  between: () => Promise<void>,
): Promise<boolean> => {
  const [budget] = await rows<{ remaining: number }>(
    manager,
    'SELECT budget_minor - reserved_minor - spent_minor AS remaining FROM campaign_budgets WHERE campaign_id = $1',
    [campaignId],
  );
  await between();
  if ((budget?.remaining ?? 0) < costMinor) return false;
  await rows(manager, 'UPDATE campaign_budgets SET reserved_minor = reserved_minor + $2 WHERE campaign_id = $1', [
    campaignId,
    costMinor,
  ]);
  return true;
};

/** Breaks "written only by the statement that moved the send": the money first, then the move it stands for. */
export const releaseThenMove = async (manager: EntityManager, sendId: string): Promise<boolean> => {
  await rows(
    manager,
    `UPDATE campaign_budgets b SET reserved_minor = reserved_minor - s.cost_minor
       FROM sends s WHERE s.id = $1 AND b.campaign_id = s.campaign_id`,
    [sendId],
  );
  const moved = await rows(
    manager,
    `UPDATE sends SET state = 'failed' WHERE id = $1 AND state = 'sending' RETURNING id`,
    [sendId],
  );
  return moved.length === 1;
};

/** Breaks "unique on (send, claim number, kind)": every report of a delivery is paid for. */
export const chargeEachReport = (manager: EntityManager, sendId: string): Promise<unknown> =>
  rows(
    manager,
    `UPDATE campaign_budgets b SET spent_minor = spent_minor + s.cost_minor
       FROM sends s WHERE s.id = $1 AND b.campaign_id = s.campaign_id`,
    [sendId],
  );

/** Breaks "the read of Meta's insights writes no entry": what Meta says beyond our books is booked at once. */
export const bookMetaSpend = (manager: EntityManager, campaignId: string, metaSpendMinor: number): Promise<unknown> =>
  rows(manager, 'UPDATE campaign_budgets SET spent_minor = greatest(spent_minor, $2) WHERE campaign_id = $1', [
    campaignId,
    metaSpendMinor,
  ]);
