import type { EntityManager } from 'typeorm';
import { rows } from '../../../src/persistence/database';

/** Breaks "Never by a cursor": ids are made before their commit, so smaller ones appear behind it. */
export const claimByCursor = async (
  manager: EntityManager,
  campaignId: string,
  afterId: string,
): Promise<{ readonly claimed: number; readonly cursor: string }> => {
  const claimed = await rows<{ id: string }>(
    manager,
    `UPDATE sends SET state = 'claimed' WHERE campaign_id = $1 AND id IN (
       SELECT id FROM sends WHERE campaign_id = $1 AND id > $2 ORDER BY id LIMIT 500) RETURNING id`,
    [campaignId, afterId],
  );
  const ids = claimed.map(({ id }) => id).sort();
  return { claimed: claimed.length, cursor: ids.at(-1) ?? afterId };
};

/** Breaks "what moved meanwhile drops out": what was read without a lock is moved without a second look. */
export const claimAsRead = (manager: EntityManager, ids: readonly string[]): Promise<{ id: string }[]> =>
  rows(manager, `UPDATE sends SET state = 'claimed' WHERE id = ANY($1) RETURNING id`, [ids]);

/** Breaks "A retry reads it and never asks for the bounds again": no batch remembers what was claimed. */
export const claimNextWithoutBatch = async (
  manager: EntityManager,
  campaignId: string,
  atMost: number,
): Promise<string[]> => {
  const claimed = await rows<{ id: string }>(
    manager,
    `UPDATE sends SET state = 'claimed' WHERE id IN (
       SELECT id FROM sends WHERE campaign_id = $1 AND state = 'queued' ORDER BY id LIMIT $2 FOR UPDATE) RETURNING id`,
    [campaignId, atMost],
  );
  return claimed.map(({ id }) => id);
};

/** Breaks "One batch of the campaign's workflow in flight": looks for an open one, then writes its own. */
export const openBatchAfterLook = async (
  manager: EntityManager,
  campaignId: string,
  between: () => Promise<void>,
): Promise<void> => {
  const open = await rows(manager, `SELECT id FROM unguarded_batches WHERE campaign_id = $1 AND state = 'open'`, [
    campaignId,
  ]);
  await between();
  if (open.length > 0) return;
  await rows(
    manager,
    `INSERT INTO unguarded_batches (id, workspace_id, campaign_id, kind, fence, state)
     VALUES (gen_random_uuid(), $1, $1, 'chosen', 1, 'open')`,
    [campaignId],
  );
};

/** Breaks "Close-out runs until it finds nothing": a claim that does not hold on to the campaign's state. */
export const claimWithoutCampaign = (manager: EntityManager, campaignId: string): Promise<unknown> =>
  rows(manager, `UPDATE sends SET state = 'claimed' WHERE campaign_id = $1 AND state = 'queued' RETURNING id`, [
    campaignId,
  ]);
