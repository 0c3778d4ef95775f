import { isoTime, isoTimeOrNull } from '../../domain/shared/iso-time';
import type { CampaignView } from './campaign.contract';
import type { Course } from './course';

/** What the workflow answers an operator who asks it. */
export function viewOf({ plan, stage, waitingFor, reason, clock }: Course): CampaignView {
  return {
    stage,
    state: plan?.state ?? 'draft',
    reason,
    reservedMinor: plan?.money.reservedMinor ?? 0,
    spentMinor: plan?.money.spentMinor ?? 0,
    remainingMinor: plan?.money.remainingMinor ?? null,
    counts: plan?.counts ?? {},
    waitingFor:
      waitingFor === null
        ? null
        : { what: waitingFor.what, until: isoTimeOrNull(waitingFor.untilMs), ruleId: waitingFor.ruleId },
    endAt: isoTimeOrNull(plan?.endAtMs ?? null),
    asOf: isoTime(plan?.nowMs ?? clock.nowMs()),
  };
}
