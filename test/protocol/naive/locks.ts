import type { EntityManager } from 'typeorm';
import { rows } from '../../../src/persistence/database';

/** Breaks "nothing on these paths compares versions": what was read before the webhook is compared after it. */
export const compareAndSet = async (
  manager: EntityManager,
  id: string,
  revRead: number,
): Promise<'written' | 'lost'> => {
  const written = await rows(
    manager,
    `UPDATE subscribers SET paid_slot_until = now() + interval '12 hours', rev = rev + 1
      WHERE id = $1 AND rev = $2 RETURNING id`,
    [id, revRead],
  );
  return written.length === 1 ? 'written' : 'lost';
};

/** Breaks "Lock first, load after": facts are joined in the statement that locks. */
export const lockWithJoin = async (
  manager: EntityManager,
  id: string,
): Promise<{ readonly rev: number; readonly token_state: string }> => {
  const [person] = await rows<{ rev: number; token_state: string }>(
    manager,
    `SELECT s.rev, t.state AS token_state FROM subscribers s JOIN subscriber_tokens t ON t.id = s.token_id
      WHERE s.id = $1 FOR NO KEY UPDATE OF s`,
    [id],
  );
  if (person === undefined) throw new Error('The person is gone.');
  return person;
};

/** Breaks "One lock order everywhere": people in the order in which somebody named them. */
export const lockAsNamed = async (
  manager: EntityManager,
  ids: readonly string[],
  between: () => Promise<void>,
): Promise<void> => {
  for (const [place, id] of ids.entries()) {
    if (place > 0) await between();
    await rows(manager, 'SELECT id FROM subscribers WHERE id = $1 FOR NO KEY UPDATE', [id]);
  }
};

/** Breaks "subscribers by id → sends by id": the message first, then its person. */
export const lockSendThenPerson = async (
  manager: EntityManager,
  send: { readonly id: string; readonly subscriber_id: string },
  between: () => Promise<void>,
): Promise<void> => {
  await rows(manager, 'SELECT id FROM sends WHERE id = $1 FOR UPDATE', [send.id]);
  await between();
  await rows(manager, 'SELECT id FROM subscribers WHERE id = $1 FOR NO KEY UPDATE', [send.subscriber_id]);
};

/** Breaks "three database roles": one update for the people of two tenants under row-level security. */
export const revokeAcrossTenants = (manager: EntityManager, ids: readonly string[]): Promise<{ id: string }[]> =>
  rows(manager, `UPDATE subscribers SET consent = 'revoked' WHERE id = ANY($1) RETURNING id`, [ids]);
