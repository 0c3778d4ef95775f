import type { EntityManager } from 'typeorm';
import type { NotificationToken } from '../graph-api/calls/notification-tokens';
import { readNowMs } from '../persistence/clock';
import { rows } from '../persistence/database';
import { ACTIVE_TOKENS } from '../ledger/tokens';
import { eachBounded } from '../worker-loops/bounded';
import type { ImportParts, ImportRef } from './import-ref';
import { isNotThere } from './list-error';

const TOKENS_A_ROUND = 100;
/** Reads at a time. */
const WIDTH = 8;

/** A token of ours that a whole list did not show. */
export interface MissingToken {
  readonly id: string;
  readonly sealed: Buffer;
}

/** The next tokens that this import has not seen; those that came after it was asked for are not missing. */
export function missingTokens(manager: EntityManager, ref: ImportRef, afterId: string | null): Promise<MissingToken[]> {
  return rows<MissingToken>(
    manager,
    `SELECT t.id, t.sealed FROM subscriber_tokens t
       JOIN page_syncs s ON s.id = $3 AND s.workspace_id = t.workspace_id AND t.created_at < s.created_at
      WHERE t.workspace_id = $1 AND t.page_id = $2 AND t.state = 'active' AND t.lane = 'paid'
        AND t.last_sync_id IS DISTINCT FROM $3 AND ($4::uuid IS NULL OR t.id > $4)
      ORDER BY t.id LIMIT ${TOKENS_A_ROUND}`,
    [ref.workspaceId, ref.pageId, ref.id, afterId],
  );
}

/** What Meta says about tokens that its list did not show. */
export interface AskedTokens {
  readonly vanished: string[];
  readonly there: NotificationToken[];
}

/** Rows move while the list is read, so a missing one is asked for by itself before it counts as gone. */
export async function askForTokens(
  { graph, envelope }: ImportParts,
  ref: ImportRef,
  pageToken: string,
  missing: readonly MissingToken[],
): Promise<AskedTokens> {
  const asked: AskedTokens = { vanished: [], there: [] };
  await eachBounded(missing, WIDTH, async ({ id, sealed }) => {
    const token = envelope.open(sealed, `subscriber_tokens.token:${ref.pageId}`).toString('utf8');
    const answer = await graph.readNotificationToken({ token, pageToken });
    if (answer.kind === 'ok') asked.there.push(answer.value);
    else if (isNotThere(answer)) asked.vanished.push(id);
  });
  return asked;
}

/** Ends tokens that Meta no longer has; whether the person left, nobody said. @returns how many */
export async function endVanished(manager: EntityManager, ref: ImportRef, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const ended = await rows(
    manager,
    `UPDATE subscriber_tokens SET state = 'ended', ended_reason = 'vanished', ended_at = $4
      WHERE workspace_id = $1 AND last_sync_id IS DISTINCT FROM $3 AND id IN (${ACTIVE_TOKENS}) RETURNING id`,
    [ref.workspaceId, ids, ref.id, new Date(await readNowMs(manager))],
  );
  return ended.length;
}
