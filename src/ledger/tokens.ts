import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';

/** Tokens of $1 with the ids of $2 that are not over yet, locked in the one order (protocol §1.3). */
export const ACTIVE_TOKENS = `SELECT id FROM subscriber_tokens
      WHERE workspace_id = $1 AND id = ANY($2) AND state = 'active' ORDER BY id FOR NO KEY UPDATE`;

/** Ends tokens that Meta no longer takes; the person's consent is another matter (protocol §7.3). */
export async function endTokens(
  manager: EntityManager,
  workspaceId: string,
  tokenIds: readonly string[],
  nowMs: number,
): Promise<void> {
  if (tokenIds.length === 0) return;
  await rows(
    manager,
    `UPDATE subscriber_tokens SET state = 'ended', ended_reason = 'send_error', ended_at = $3
      WHERE workspace_id = $1 AND id IN (${ACTIVE_TOKENS})`,
    [workspaceId, tokenIds, new Date(nowMs)],
  );
}
