import { HOUR_MS } from '../model/periods';

/** Wall time before the second, third, … attempt: a few at once, then growing. */
const GAPS_MS = [50, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000];
const LATER_GAP_MS = 60_000;

const GIVE_UP_AFTER_MS = { messenger: HOUR_MS, graph: 36 * HOUR_MS };

/** Wall time until the next attempt after `attempts` failed ones. */
export function retryGapMs(attempts: number): number {
  return GAPS_MS[attempts - 1] ?? LATER_GAP_MS;
}

export function isGivenUp(retry: 'messenger' | 'graph', firstTryWallMs: number, wallMs: number): boolean {
  return wallMs - firstTryWallMs >= GIVE_UP_AFTER_MS[retry];
}
