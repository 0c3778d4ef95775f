import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';
import type { Envelope } from '../security/envelope';
import { uuidV7 } from '../security/uuid-v7';
import type { MatchingAutomation } from './matching-automations';
import type { OrderEventReport } from './order-event';
import { orderKey } from './order-event';
import { sealSteps, stepsOfRun } from './steps';

/** An order event that sets automations going for a person. */
export interface Beginning {
  readonly workspaceId: string;
  readonly subscriberId: string;
  readonly orderEventId: string;
  readonly report: OrderEventReport;
}

/** Begins a run of each automation, with a copy of its steps as they are now; once an automation and event. */
export async function startRuns(
  manager: EntityManager,
  envelope: Envelope,
  { workspaceId, subscriberId, orderEventId, report }: Beginning,
  automations: readonly MatchingAutomation[],
): Promise<void> {
  const runs = automations.map((automation) => ({ automation, id: uuidV7() }));
  if (runs.length === 0) return;
  await rows(
    manager,
    `INSERT INTO automation_runs (id, workspace_id, page_id, automation_id, subscriber_id, order_event_id, order_key,
       steps_sealed, state)
     SELECT id, $1, $2, automation_id, $3, $4, $5, steps, 'running'
       FROM unnest($6::uuid[], $7::uuid[], $8::bytea[]) AS t (id, automation_id, steps)
     ON CONFLICT (automation_id, order_event_id) DO NOTHING`,
    [
      workspaceId,
      report.pageId,
      subscriberId,
      orderEventId,
      orderKey(report),
      runs.map(({ id }) => id),
      runs.map(({ automation }) => automation.id),
      runs.map(({ id, automation }) => sealSteps(envelope, automation.steps, stepsOfRun(id))),
    ],
  );
}
