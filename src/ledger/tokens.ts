import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';

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
      WHERE workspace_id = $1 AND id = ANY($2) AND state = 'active'`,
    [workspaceId, tokenIds, new Date(nowMs)],
  );
}
