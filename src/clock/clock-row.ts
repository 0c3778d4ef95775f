import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';

/** The one clock; times in milliseconds (UTC). */
export interface ClockReading {
  /** Business time. */
  readonly nowMs: number;
  /** The wall moment at which `nowMs` was read, by the clock of Postgres. */
  readonly wallMs: number;
  readonly running: boolean;
  /** Where the driver is to move it; null when it is there. */
  readonly targetMs: number | null;
  /** Grows whenever the clock was set back: what was known of it before holds no longer. */
  readonly epoch: number;
}

interface StoredClock {
  now: number;
  wall: number;
  running: boolean;
  target: number | null;
  epoch: number;
}

const READ = `
SELECT ceil(extract(epoch FROM CASE WHEN running THEN base_business_at + (wall - base_wall_at)
                                    ELSE base_business_at END) * 1000)::bigint AS now,
       floor(extract(epoch FROM wall) * 1000)::bigint AS wall, running,
       ceil(extract(epoch FROM target_at) * 1000)::bigint AS target, clock.epoch
  FROM clock, clock_timestamp() AS wall WHERE id = 1`;

/** Reads the clock and where it is to go. */
export async function readClock(manager: EntityManager): Promise<ClockReading> {
  const [stored] = await rows<StoredClock>(manager, READ);
  if (stored === undefined) throw new Error('The clock row is missing: run the migrations.');
  const { now: nowMs, wall: wallMs, running, target: targetMs, epoch } = stored;
  return { nowMs, wallMs, running, targetMs, epoch };
}

/** Lets business time stand still where it is, on a whole millisecond. */
export async function stopClock(manager: EntityManager): Promise<void> {
  await rows(
    manager,
    `UPDATE clock
        SET base_business_at = date_trunc('milliseconds', base_business_at + (clock_timestamp() - base_wall_at)
                                                          + interval '999 microseconds'),
            base_wall_at = clock_timestamp(), running = false
      WHERE id = 1 AND running AND target_at IS NOT NULL`,
  );
}

/** Moves a clock that stands still; never back. */
export async function moveClock(manager: EntityManager, toMs: number): Promise<void> {
  await rows(
    manager,
    `UPDATE clock SET base_business_at = $1, base_wall_at = clock_timestamp()
      WHERE id = 1 AND NOT running AND base_business_at < $1`,
    [new Date(toMs)],
  );
}

/**
 * Lets business time run on from where it stands, if it has arrived.
 *
 * @returns false when it is to go on to a later target that was set meanwhile
 */
export async function releaseClock(manager: EntityManager, atMs: number): Promise<boolean> {
  const released = await rows(
    manager,
    `UPDATE clock SET base_wall_at = date_trunc('milliseconds', clock_timestamp()), running = true, target_at = NULL
      WHERE id = 1 AND NOT running AND base_business_at = $1 AND target_at <= $1 RETURNING id`,
    [new Date(atMs)],
  );
  return released.length === 1;
}

/**
 * Begins a new epoch: business time is wall time again and goes nowhere. Only where no Page is connected, for a clock
 * that goes back would undo what somebody has waited for.
 *
 * @returns whether it did
 */
export async function restartClock(manager: EntityManager): Promise<boolean> {
  const restarted = await rows(
    manager,
    `UPDATE clock SET epoch = clock.epoch + 1, base_business_at = wall.at, base_wall_at = wall.at, running = true,
            target_at = NULL
       FROM date_trunc('milliseconds', clock_timestamp()) AS wall (at)
      WHERE id = 1 AND NOT EXISTS (SELECT workspace_id FROM pages) RETURNING id`,
  );
  return restarted.length === 1;
}
