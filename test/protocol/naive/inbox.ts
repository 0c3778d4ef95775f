import type { EntityManager } from 'typeorm';
import { rows } from '../../../src/persistence/database';

/** Breaks "inserts sorted by dedupe key": as the requests name them. */
export const insertKeysAsNamed = async (
  manager: EntityManager,
  pageId: string,
  keys: readonly Buffer[],
  between: () => Promise<void>,
): Promise<void> => {
  for (const [place, key] of keys.entries()) {
    if (place > 0) await between();
    await rows(manager, 'INSERT INTO event_keys (page_id, key) VALUES ($1, $2) ON CONFLICT DO NOTHING', [pageId, key]);
  }
};

/** Breaks "a drainer takes every free lane": the next event that nobody else has locked. */
export const takeNextSkippingLocked = async (manager: EntityManager, pageId: string): Promise<number | undefined> => {
  const [next] = await rows<{ seq: number }>(
    manager,
    `SELECT seq FROM inbox WHERE page_id = $1 AND done_at IS NULL ORDER BY seq LIMIT 1 FOR UPDATE SKIP LOCKED`,
    [pageId],
  );
  return next?.seq;
};

/** Breaks "in a statement of its own": what is read is as old as the wait for the lane. */
export const readPendingWithLane = async (manager: EntityManager, pageId: string, lane: number): Promise<number> => {
  const pending = await rows(
    manager,
    `WITH lane AS MATERIALIZED (SELECT pg_advisory_xact_lock(4845002, $2::integer))
     SELECT seq FROM lane CROSS JOIN LATERAL (
       SELECT seq FROM inbox WHERE page_id = $1 AND lane = $2 AND done_at IS NULL ORDER BY seq) AS due`,
    [pageId, lane],
  );
  return pending.length;
};

/** Breaks "Consent is a register by event time": the word that is written last. */
export const writeConsentAsItComes = (
  manager: EntityManager,
  subscriberId: string,
  consent: 'granted' | 'revoked',
): Promise<unknown> => rows(manager, 'UPDATE subscribers SET consent = $2 WHERE id = $1', [subscriberId, consent]);

/** Breaks "consent and the token are written together": consent before there is a token to send by. */
export const grantWithoutToken = (manager: EntityManager, subscriberId: string): Promise<unknown> =>
  rows(manager, `UPDATE subscribers SET consent = 'granted', consent_at = now() WHERE id = $1`, [subscriberId]);

/** Breaks "the newest send begun before the event's time + 2 minutes": by tracking id, which only the answer brings. */
export const matchByTrackingId = (manager: EntityManager, trackingId: string): Promise<{ id: string }[]> =>
  rows(manager, 'SELECT id FROM sends WHERE tracking_id = $1', [trackingId]);

/** Breaks "done after the receiver's answer": taken out before it is told. */
export const takeOut = (manager: EntityManager, outboxId: string): Promise<unknown> =>
  rows(manager, 'DELETE FROM outbox WHERE id = $1', [outboxId]);
