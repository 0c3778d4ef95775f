import type { EntityManager } from 'typeorm';
import { rows } from '../../../src/persistence/database';

/** Breaks "a claim locks the person's row": the slot is looked at, and taken afterwards. */
export const takeSlotAfterLook = async (
  manager: EntityManager,
  subscriberId: string,
  between: () => Promise<void>,
): Promise<boolean> => {
  const [person] = await rows<{ is_free: boolean }>(
    manager,
    'SELECT paid_slot_until IS NULL OR paid_slot_until < now() AS is_free FROM subscribers WHERE id = $1',
    [subscriberId],
  );
  await between();
  if (person?.is_free !== true) return false;
  await rows(manager, `UPDATE subscribers SET paid_slot_until = now() + interval '12 hours' WHERE id = $1`, [
    subscriberId,
  ]);
  return true;
};

/** Breaks "Giving back is … WHERE paid_slot_send = this send": whoever holds the slot now. */
export const giveSlotBackAnyway = (
  manager: EntityManager,
  subscriberId: string,
  previous: Date | null,
): Promise<unknown> =>
  rows(manager, 'UPDATE subscribers SET paid_slot_until = $2, paid_slot_send = NULL WHERE id = $1', [
    subscriberId,
    previous,
  ]);

/** Breaks "the later counts": the word of Meta that comes last. */
export const storeMetaWordAsItComes = (manager: EntityManager, subscriberId: string, until: Date): Promise<unknown> =>
  rows(manager, 'UPDATE subscribers SET meta_paid_until = $2 WHERE id = $1', [subscriberId, until]);
