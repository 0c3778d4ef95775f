import type { EntityManager } from 'typeorm';
import { readClock } from './clock-row';
import { stillOpen } from './quiet';

/** The sandbox clock as the API shows it; times in milliseconds (UTC). */
export interface ClockStatus {
  readonly nowMs: number;
  readonly targetMs: number | null;
  /** `ready`: it is where it was to go, and nothing is left that was due. */
  readonly status: 'ready' | 'advancing';
}

/** Reads the clock; under row-level security it looks at what is due in the tenant alone. */
export async function clockStatus(manager: EntityManager): Promise<ClockStatus> {
  const { nowMs, targetMs } = await readClock(manager);
  const isReady = targetMs === null && (await stillOpen(manager, nowMs)).length === 0;
  return { nowMs, targetMs, status: isReady ? 'ready' : 'advancing' };
}
