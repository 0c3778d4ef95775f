import type { BegunSend } from '../../src/ledger/begin';
import type { CampaignRecord } from '../../src/ledger/campaign-record';
import type { Leaving } from '../../src/ledger/message-sender';
import type { SendOutcome } from '../../src/ledger/settle';
import { Barrier } from './barrier';

/** A message that came to Meta. */
export interface Arrival {
  readonly sendId: string;
  readonly subscriberId: string;
  readonly messageId: string;
  readonly atMs: number;
}

type Answer = (begun: BegunSend, nth: number) => SendOutcome | Promise<SendOutcome>;

let messages = 1;

/** Meta took it. */
export const taken = (): SendOutcome => ({ kind: 'accepted', trackingId: `track-${messages++}` });

/** Meta refused it with a code. */
export const refusedWith = (
  code: number,
  remainingSeconds: number | null = null,
): Extract<SendOutcome, { kind: 'refused' }> => ({
  kind: 'refused',
  failure: { httpStatus: 400, code, subcode: null, remainingSeconds, speaksOfMoney: false, isTransient: false },
});

/** Stands in for Meta behind the one seam of the ledger: says what a test has it say, and remembers what arrived. */
export class ScriptedMeta {
  readonly arrivals: Arrival[] = [];
  private answer: Answer = taken;

  /** @param answer - what becomes of each message; without it all are accepted */
  says(answer: Answer = taken): void {
    this.answer = answer;
  }

  /**
   * Takes the first ones at once, and the others when it is let; the nth may be refused for the account.
   *
   * @returns what lets it
   */
  takesAtOnce(count: number, refused?: number): Barrier {
    const gate = new Barrier();
    this.says(async (_begun, nth) => {
      if (nth > count) await gate.pass();
      return nth === refused ? refusedWith(2_300_011) : taken();
    });
    return gate;
  }

  forget(): void {
    this.arrivals.length = 0;
    this.answer = taken;
  }

  async send(begun: BegunSend, { nowMs }: CampaignRecord, { onLeave }: Leaving): Promise<SendOutcome> {
    onLeave();
    const { row } = begun;
    this.arrivals.push({
      sendId: row.id,
      subscriberId: row.subscriberId,
      messageId: row.campaignMessageId,
      atMs: nowMs,
    });
    return this.answer(begun, this.arrivals.length);
  }

  /** How often each message reached its person. */
  timesOf(sendId: string): number {
    return this.arrivals.filter((arrival) => arrival.sendId === sendId).length;
  }

  /** @returns the most often that one message reached a person */
  mostPerMessage(): number {
    const times = new Map<string, number>();
    for (const { subscriberId, messageId } of this.arrivals) {
      const key = `${subscriberId} ${messageId}`;
      times.set(key, (times.get(key) ?? 0) + 1);
    }
    return Math.max(0, ...times.values());
  }
}
