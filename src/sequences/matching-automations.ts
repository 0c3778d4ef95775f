import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';
import type { Envelope } from '../security/envelope';
import type { OrderEventReport } from './order-event';
import { statusKey } from './order-event';
import type { Step } from './steps';
import { openSteps, stepsOfAutomation } from './steps';

/** An automation that an order event sets going. */
export interface MatchingAutomation {
  readonly id: string;
  readonly steps: readonly Step[];
}

/** Finds the automations that are switched on for an order's status at its Page, oldest first. */
export async function matchingAutomations(
  manager: EntityManager,
  envelope: Envelope,
  workspaceId: string,
  report: OrderEventReport,
): Promise<MatchingAutomation[]> {
  const stored = await rows<{ id: string; steps_sealed: Buffer }>(
    manager,
    `SELECT id, steps_sealed FROM automations
      WHERE workspace_id = $1 AND enabled AND deleted_at IS NULL AND trigger_kind = 'order_status'
        AND $2 = ANY(page_ids) AND upper(btrim(trigger->>'status')) = $3
        AND (trigger->>'source' IS NULL OR trigger->>'source' = $4)
      ORDER BY id`,
    [workspaceId, report.pageId, statusKey(report.status), report.source],
  );
  return stored.map(({ id, steps_sealed: sealed }) => ({
    id,
    steps: openSteps(envelope, sealed, stepsOfAutomation(id)),
  }));
}
