import { decideSend } from '../domain/delivery/decide-send';
import type { SendFacts } from '../domain/delivery/send-facts';
import { DAY_MS } from '../domain/shared/duration';

const MEASURED_MS = 1_000;
const DECISIONS_A_LOOK = 1_000;

/** A paid message of a running campaign against which nothing speaks: every rule is asked. */
function sendAllowed(nowMs: number): SendFacts {
  return {
    lane: 'paid',
    alreadyChosen: false,
    whenSlotTaken: 'hold',
    whenBudgetUsedUp: 'refuse',
    campaign: {
      state: 'active',
      reason: null,
      hidden: false,
      startAtMs: nowMs - DAY_MS,
      endAtMs: nowMs + DAY_MS,
      readyAtMs: null,
    },
    page: {
      restriction: null,
      platform: 'messenger',
      country: 'US',
      timeZone: 'America/New_York',
      oneMessagePerLocalDay: true,
    },
    person: {
      consent: 'granted',
      consentAtMs: nowMs - DAY_MS,
      token: { state: 'active', lane: 'paid', expiresAtMs: null },
      paidSlotUntilMs: null,
      metaPaidUntilMs: null,
      metaPaidRule: null,
      windowUntilMs: null,
      timeZone: null,
      region: null,
    },
    content: { purpose: 'promotional', problem: null },
    budget: { kind: 'lifetime', remainingMinor: 10_000, unitCostMinor: 5, currency: 'USD', nextBudgetDayAtMs: null },
  };
}

/** @returns how many messages one core decides in a second of its time, without any I/O */
export function decisionsPerSecond(): number {
  const nowMs = Date.now();
  const facts = sendAllowed(nowMs);
  const before = process.cpuUsage();
  let decided = 0;
  let tookMs = 0;
  while (tookMs < MEASURED_MS) {
    for (let n = 0; n < DECISIONS_A_LOOK; n += 1) {
      if (decideSend(facts, nowMs).kind !== 'send') throw new Error('The message of the measurement is not allowed.');
    }
    decided += DECISIONS_A_LOOK;
    const { user, system } = process.cpuUsage(before);
    tookMs = (user + system) / 1_000;
  }
  return (decided / tookMs) * 1_000;
}
