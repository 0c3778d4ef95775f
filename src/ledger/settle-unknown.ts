import type { EntityManager } from 'typeorm';
import type { SendReason } from '../../domain/delivery/send-reasons';
import type { UnknownSend } from '../../domain/delivery/unknown-evidence';
import { assumedSentAtMs, nextLookAtMs, readEvidence } from '../../domain/delivery/unknown-evidence';
import { wakeAll } from '../outbox/wake';
import { readNowMs } from '../persistence/clock';
import { rows } from '../persistence/database';
import type { FoundBegun } from './each-campaign';
import { isSameBegin } from './each-campaign';
import { wakesForMoney } from './money-wakes';
import { storeMetaWords } from './people';
import type { LedgerScope, SendRow } from './send-row';
import { lockPeopleAndSends } from './send-row';
import type { SendChange } from './write-ledger';
import { moveSends } from './write-ledger';

/** Meta's answer to the question for a person's next eligible time; `silent`: it has none and will not have one. */
export type NextEligibleTime =
  { readonly kind: 'read'; readonly nextPaidAtMs: number } | { readonly kind: 'silent' } | { readonly kind: 'unread' };

/** A send that was asked for, with the begin that was unknown then. */
export interface AskedSend extends FoundBegun {
  readonly answer: NextEligibleTime;
}

/** Settles sends of one campaign that are still unknown by what Meta answered. @returns how many have an outcome now */
export async function settleUnknown(
  manager: EntityManager,
  scope: LedgerScope,
  asked: readonly AskedSend[],
): Promise<number> {
  const { sends } = await lockPeopleAndSends(manager, scope, asked);
  const nowMs = await readNowMs(manager);
  const superseded = await sentAgain(manager, scope, sends);
  const answers = new Map(asked.map((one) => [one.id, one]));
  const changes = sends.flatMap((row): SendChange[] => {
    const one = answers.get(row.id);
    const isMeant = one !== undefined && row.state === 'unknown' && isSameBegin(row, one);
    return isMeant ? [changeOf(row, one.answer, superseded.has(row.id), nowMs)] : [];
  });
  await storeMetaWords(manager, scope.workspaceId, wordsOf(changes, answers));
  const bookings = await moveSends(manager, scope, { changes, nowMs });
  await wakeAll(manager, await wakesForMoney(manager, scope, bookings));
  return changes.filter(({ after }) => after.state !== 'unknown').length;
}

/** Which of them were followed by another paid message to the same person that may have gone. */
async function sentAgain(
  manager: EntityManager,
  { workspaceId, campaignId }: LedgerScope,
  sends: readonly SendRow[],
): Promise<ReadonlySet<string>> {
  const found = await rows<{ id: string }>(
    manager,
    `SELECT s.id FROM sends s
      WHERE s.workspace_id = $1 AND s.campaign_id = $2 AND s.id = ANY($3) AND EXISTS (
        SELECT FROM sends later
         WHERE later.workspace_id = s.workspace_id AND later.subscriber_id = s.subscriber_id AND later.lane = 'paid'
           AND later.begun_at > s.begun_at)`,
    [workspaceId, campaignId, sends.map(({ id }) => id)],
  );
  return new Set(found.map(({ id }) => id));
}

function changeOf(before: SendRow, answer: NextEligibleTime, hasLaterSend: boolean, nowMs: number): SendChange {
  const send: UnknownSend = { begunAtMs: before.begunAtMs ?? 0, lane: before.lane };
  const by = 'evidence';
  if (answer.kind === 'unread') return { before, after: { ...before, dueAtMs: nextLookAtMs(send, nowMs) }, by };
  const evidence = answer.kind === 'silent' ? 'none' : readEvidence(send, answer.nextPaidAtMs, hasLaterSend);
  const detail = 'next eligible time';
  switch (evidence) {
    case 'none':
      return { before, after: { ...before, dueAtMs: assumedSentAtMs(send) }, by };
    case 'accepted':
      return {
        before,
        after: { ...before, state: 'accepted', acceptedAtMs: before.begunAtMs, dueAtMs: null },
        by,
        detail,
      };
    case 'not_accepted':
      return { before, after: notAccepted(before), by, detail };
  }
}

/** Meta took nothing: the money comes back, the slot stays to its end (protocol §3.8). */
const notAccepted = (row: SendRow): SendRow => ({
  ...row,
  state: 'failed',
  reason: 'not_accepted' satisfies SendReason,
  reserved: false,
  dueAtMs: null,
});

/** Meta's own word on the next message of those whom it had sent this one. */
const wordsOf = (changes: readonly SendChange[], answers: ReadonlyMap<string, AskedSend>) =>
  changes.flatMap(({ after }) => {
    const answer = answers.get(after.id)?.answer;
    return after.state === 'accepted' && answer?.kind === 'read'
      ? [{ subscriberId: after.subscriberId, paidUntilMs: answer.nextPaidAtMs, ruleId: 'R-08' as const }]
      : [];
  });
