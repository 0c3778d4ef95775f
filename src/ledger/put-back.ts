import type { EntityManager } from 'typeorm';
import type { SendMover } from '../../domain/delivery/send-transitions';
import type { Wake } from '../outbox/wake';
import { wakeAll } from '../outbox/wake';
import { readNowMs } from '../persistence/clock';
import { rows } from '../persistence/database';
import type { BatchHandle } from './batches';
import type { CampaignRef } from './campaign-record';
import { slotReturned } from './give-back';
import { wakesForMoney } from './money-wakes';
import { wakesForRuns } from './run-wakes';
import type { FoundSend, LedgerScope, SendRow } from './send-row';
import { UNDECIDED, lockPeopleAndSends } from './send-row';
import { moveSends } from './write-ledger';

/** What rows become that Meta has nothing of. */
export interface GiveBack {
  readonly by: SendMover;
  /** @returns the row afterwards; null leaves it as it is */
  readonly after: (row: SendRow) => SendRow | null;
}

/** What was given back, and who is to be woken for it at the end of the transaction. */
export interface GivenBack {
  readonly moved: readonly SendRow[];
  readonly wakes: readonly Wake[];
}

const NOTHING: GivenBack = { moved: [], wakes: [] };

/** Moves rows that Meta has nothing of, what they had claimed going back: people, sends and money in the one order. */
export async function giveBackRows(
  manager: EntityManager,
  scope: LedgerScope,
  found: readonly FoundSend[],
  { by, after }: GiveBack,
): Promise<GivenBack> {
  if (found.length === 0) return NOTHING;
  const { sends } = await lockPeopleAndSends(manager, scope, found);
  const changes = sends.flatMap((before) => {
    const next = after(before);
    return next === null ? [] : [{ before, after: next, by }];
  });
  if (changes.length === 0) return NOTHING;
  const claimed = changes.map((change) => change.before).filter((row) => row.state === 'claimed');
  const nowMs = await readNowMs(manager);
  const bookings = await moveSends(manager, scope, { changes, slots: claimed.flatMap(slotReturned), nowMs });
  return {
    moved: changes.map((change) => change.after),
    wakes: [...(await wakesForMoney(manager, scope, bookings)), ...(await wakesForRuns(manager, scope, changes))],
  };
}

/** `claimed → queued`, where `isMeant` still holds under the lock. */
export const toQueue = (isMeant: (row: SendRow) => boolean = () => true): GiveBack => ({
  by: 'give_back',
  after: (row) => (row.state === 'claimed' && isMeant(row) ? { ...row, ...UNDECIDED, state: 'queued' } : null),
});

/** Puts what this batch still has claimed back to `queued`. */
export async function putBackClaimed(manager: EntityManager, ref: CampaignRef, batch: BatchHandle): Promise<void> {
  const found = await rows<FoundSend>(
    manager,
    `SELECT id, subscriber_id FROM sends
      WHERE workspace_id = $1 AND campaign_id = $2 AND batch_id = $3 AND pending = 'open' AND state = 'claimed' ORDER BY id`,
    [ref.workspaceId, ref.campaignId, batch.id],
  );
  const given = await giveBackRows(
    manager,
    ref,
    found,
    toQueue((row) => row.batchId === batch.id),
  );
  await wakeAll(manager, given.wakes);
}
