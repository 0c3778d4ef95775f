import { takesRecipients } from '../../domain/campaign/campaign-transitions';
import type { CampaignState } from '../../domain/campaign/campaign-transitions';
import { isoTime } from '../../domain/shared/iso-time';
import { Problem } from '../errors/problem';

/** What decides whether a campaign takes people. */
export interface Openness {
  readonly state: string;
  readonly reason: string | null;
  /** Milliseconds since the Unix epoch (UTC). */
  readonly endAtMs: number | null;
}

/** Whether a campaign takes people now. */
export const isTaking = ({ state, endAtMs }: Openness, nowMs: number): boolean =>
  takesRecipients(state as CampaignState) && (endAtMs === null || nowMs < endAtMs);

/** 409 with the campaign's state; after the end of its schedule with R-16. */
export function closedProblem({ state, reason, endAtMs }: Openness, nowMs: number): Problem {
  const hasEnded = reason === 'schedule_ended' || (endAtMs !== null && nowMs >= endAtMs);
  if (!hasEnded) return new Problem('CAMPAIGN.STATE', { state, detail: `The campaign is ${state}: it takes nobody.` });
  return new Problem('CAMPAIGN.STATE', {
    state,
    detail: 'The schedule of the campaign has ended: after it nothing is sent.',
    ruleId: 'R-16',
    facts: { campaignState: state, ...(endAtMs !== null && { endAt: isoTime(endAtMs) }) },
  });
}
