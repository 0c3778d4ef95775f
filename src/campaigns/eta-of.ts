import { SECOND_MS } from '../../domain/shared/duration';
import { isoTime } from '../../domain/shared/iso-time';
import type { CampaignFigures } from '../ledger/campaign-figures';
import type { CampaignEntity } from '../persistence/entities';

/** How fast the Page sends now, and what a message costs. */
export interface Pace {
  readonly nowMs: number;
  readonly ratePerSecond: number;
  readonly unitCostMinor: number;
}

/**
 * When the people who can still be paid for will have been written to at the Page's present rate.
 *
 * @returns ISO 8601; null while the campaign does not send, waits for something, or has nobody left
 */
export function etaOf(
  { state, waitingFor, audienceSize }: Pick<CampaignEntity, 'state' | 'waitingFor' | 'audienceSize'>,
  { states, money }: CampaignFigures,
  { nowMs, ratePerSecond, unitCostMinor }: Pace,
): string | null {
  if (state !== 'active' || waitingFor !== null || ratePerSecond <= 0) return null;
  const decided = [...states.values()].reduce((sum, count) => sum + count, 0);
  const undecided = (states.get('queued') ?? 0) + Math.max(0, audienceSize - decided);
  const underWay = (states.get('claimed') ?? 0) + (states.get('sending') ?? 0);
  const left = underWay + Math.min(undecided, Math.floor(money.remainingMinor / unitCostMinor));
  return left === 0 ? null : isoTime(nowMs + Math.ceil((left / ratePerSecond) * SECOND_MS));
}
