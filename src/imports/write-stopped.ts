import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';
import type { ImportRef } from './import-ref';
import type { Listed } from './listed-people';

/** People whose row says that they stopped: the register, what they had opted in to, and the token end together. */
export async function writeStopped(manager: EntityManager, ref: ImportRef, listed: readonly Listed[]): Promise<void> {
  if (listed.length === 0) return;
  const people = listed.map(({ person }) => person.subscriberId);
  const at = new Date(ref.requestedAtMs);
  await rows(
    manager,
    `UPDATE subscribers SET consent = 'revoked', consent_at = $3, rev = rev + 1, updated_at = now()
      WHERE workspace_id = $1 AND id = ANY($2)`,
    [ref.workspaceId, people, at],
  );
  await rows(
    manager,
    `UPDATE subscriber_topics SET ended_at = $3 WHERE workspace_id = $1 AND subscriber_id = ANY($2) AND ended_at IS NULL`,
    [ref.workspaceId, people, at],
  );
  await rows(
    manager,
    `UPDATE subscriber_tokens SET state = 'ended', ended_reason = 'stopped', ended_at = $4
      WHERE workspace_id = $1 AND page_id = $2 AND hash = ANY($3) AND state = 'active'`,
    [ref.workspaceId, ref.pageId, listed.map(({ hash }) => hash), at],
  );
}
