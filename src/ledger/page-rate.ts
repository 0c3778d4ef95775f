import type { EntityManager } from 'typeorm';
import { BUSINESS_NOW } from '../persistence/clock';
import { rows } from '../persistence/database';
import { DEFAULT_CEILING_PER_SECOND } from './campaign-record';

/** At most this many messages are in flight at one time. */
export const SLICE_SIZE = 64;

/** What the Page's lease gave; wall clock, but for the block. */
export interface RateGrant {
  /** How many may begin within the next second. */
  readonly granted: number;
  readonly ratePerSecond: number;
  /** How far the lease stands from having given out all of the next second; below zero it has some left. */
  readonly debtMs: number;
  /** How long Meta's block still lasts, business time; 0 without one. Nothing is granted before its end. */
  readonly blockedForMs: number;
}

/** A row of the common table expression `lease`. */
export interface StoredGrant {
  readonly granted: number;
  readonly rate: number;
  readonly debt_ms: number;
  readonly blocked_for_ms: number;
}

/** The grant as the program holds it. */
export const toGrant = (stored: StoredGrant): RateGrant => ({
  granted: stored.granted,
  ratePerSecond: stored.rate,
  debtMs: stored.debt_ms,
  blockedForMs: stored.blocked_for_ms,
});

/**
 * Common table expressions that take from the Page's lease: a row `lease`, locked and written. `granted_until` is the
 * moment up to which messages are given out; it runs at most a second ahead. Parameters: $1 workspace, $2 Page;
 * `wanted` is an SQL number.
 */
export const leaseOf = (wanted: string): string => `
page AS (
  SELECT r.page_id, greatest(0.1, least(r.rate_per_second, coalesce(p.sends_per_second, ${DEFAULT_CEILING_PER_SECOND}))) AS rate,
         greatest(r.granted_until, clock_timestamp()) AS free_from, clock_timestamp() AS wall,
         greatest(0, (extract(epoch FROM r.blocked_until) * 1000)::bigint - ${BUSINESS_NOW}) AS blocked_for_ms
    FROM page_rates r JOIN pages p ON p.id = r.page_id AND p.workspace_id = r.workspace_id JOIN clock ON clock.id = 1
   WHERE r.workspace_id = $1 AND r.page_id = $2 FOR UPDATE OF r
), grant_of AS (
  SELECT *, CASE WHEN blocked_for_ms > 0 THEN 0 ELSE
           least(${wanted}, greatest(0, floor(extract(epoch FROM wall + interval '1 second' - free_from) * rate)))::integer
         END AS granted
    FROM page
), lease AS (
  UPDATE page_rates r
     SET granted_until = CASE WHEN g.granted > 0 THEN g.free_from + make_interval(secs => g.granted / g.rate)
                              ELSE r.granted_until END
    FROM grant_of g WHERE r.workspace_id = $1 AND r.page_id = g.page_id
  RETURNING g.granted, g.rate, g.blocked_for_ms,
    (extract(epoch FROM g.free_from - g.wall - interval '1 second')::double precision + g.granted / g.rate) * 1000 AS debt_ms
)`;

/**
 * How long until the lease grants a slice whole: many small ones would cost a transaction each.
 *
 * @param left - how many are to follow
 * @returns milliseconds of wall clock since the grant
 */
export function wholeSliceAfterMs({ ratePerSecond, debtMs }: RateGrant, left: number): number {
  const slice = Math.max(1, Math.min(left, SLICE_SIZE, Math.floor(ratePerSecond)));
  return Math.max(0, Math.ceil(debtMs + (slice / ratePerSecond) * 1_000));
}

interface PageOfTenant {
  readonly workspaceId: string;
  readonly pageId: string;
}

/** Halves the rate and blocks the lease after a refusal for rate, business time. */
export async function slowDown(
  manager: EntityManager,
  { workspaceId, pageId }: PageOfTenant,
  untilMs: number,
): Promise<void> {
  await rows(
    manager,
    `UPDATE page_rates SET rate_per_second = greatest(1, rate_per_second / 2), blocked_until = greatest(blocked_until, $3)
      WHERE workspace_id = $1 AND page_id = $2`,
    [workspaceId, pageId, new Date(untilMs)],
  );
}

/** Raises the rate a little after a batch that Meta took whole, up to the Page's ceiling. */
export async function speedUp(manager: EntityManager, { workspaceId, pageId }: PageOfTenant): Promise<void> {
  await rows(
    manager,
    `UPDATE page_rates r SET rate_per_second = least(coalesce(p.sends_per_second, $3), r.rate_per_second * 1.1)
       FROM pages p
      WHERE p.workspace_id = $1 AND p.id = r.page_id AND r.workspace_id = $1 AND r.page_id = $2
        AND r.rate_per_second < coalesce(p.sends_per_second, $3)`,
    [workspaceId, pageId, DEFAULT_CEILING_PER_SECOND],
  );
}
