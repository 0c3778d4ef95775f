import type { EntityManager } from 'typeorm';
import { rows } from '../../../src/persistence/database';

/** Breaks "It ends only after UPDATE waits … returned its row": looks whether anything is owed, then ends. */
export const endAfterLook = async (manager: EntityManager, ownerId: string): Promise<boolean> => {
  const [wait] = await rows<{ is_owed: boolean }>(
    manager,
    'SELECT wake_seq > acted_seq OR next_due_at IS NOT NULL AS is_owed FROM waits WHERE owner_id = $1',
    [ownerId],
  );
  return wait?.is_owed !== true;
};

/** Breaks "acts only if wake_seq > acted_seq": says that all was done which is owed by now. */
export const markAllActed = (manager: EntityManager, ownerId: string): Promise<unknown> =>
  rows(manager, 'UPDATE waits SET acted_seq = wake_seq WHERE owner_id = $1', [ownerId]);

/** Breaks "raises wake_seq … in the transaction of the fact itself": the wake is a second step. */
export const raiseWake = (manager: EntityManager, ownerId: string): Promise<unknown> =>
  rows(manager, 'UPDATE waits SET wake_seq = wake_seq + 1 WHERE owner_id = $1', [ownerId]);

/** Breaks "UPDATE … WHERE state = ANY($from)": the state that was read is taken for the one that stands. */
export const moveAsRead = (manager: EntityManager, campaignId: string, to: string): Promise<unknown> =>
  rows(manager, 'UPDATE campaigns SET state = $2 WHERE id = $1', [campaignId, to]);
