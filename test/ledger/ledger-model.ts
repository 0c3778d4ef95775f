import type { SendState } from '../../domain/delivery/send-transitions';
import { rankOf } from '../../domain/delivery/send-transitions';
import { localDay } from '../../domain/shared/local-time';

const HOUR = 3_600_000;
const SPACING = 12 * HOUR;
const UNKNOWN_WAIT = 24 * HOUR;
/** From its begin until Meta is asked for an unknown send. */
const FIRST_LOOK = 15 * 60_000 + 15_000;
/** What Meta's code 2300055 asks for. */
const PACING = 30 * 60_000;
const ZONE = 'America/New_York';

/** What a message costs in the model. */
export const COST = 100;

/** A message of the model. */
export interface ModelSend {
  readonly campaign: number;
  readonly person: number;
  state: SendState;
  reserved: boolean;
  dueMs: number | null;
  /** Counts begins: an answer belongs to one of them. */
  attempt: number;
  begunAtMs: number | null;
  claimedAtMs: number;
  delivered: boolean;
  slotBefore: Slot;
}

interface Slot {
  readonly untilMs: number | null;
  readonly holder: ModelSend | null;
}

/** A person of the model. */
export interface ModelPerson {
  granted: boolean;
  slot: Slot;
  metaUntilMs: number | null;
}

/** The batch of a campaign. */
export interface ModelBatch {
  fence: number;
  halted: boolean;
  readonly sends: Set<ModelSend>;
}

/** A campaign of the model. */
export interface ModelCampaign {
  state: 'active' | 'paused' | 'stopped';
  budget: number;
  reserved: number;
  spent: number;
  batch: ModelBatch | null;
  /** How many of its frozen audience a walk has come to; all of them where it has none. */
  walked: number;
  /** Meta asked for patience: nobody is claimed before. */
  claimsFromMs: number;
}

/** What Meta answers in the model. */
export type ModelAnswer = 'accepted' | 'dead' | 'wait' | 'pacing' | 'lost' | 'not_sent';

/** What Meta reports later. */
export type ModelEvent = 'accepted' | 'delivered' | 'read' | 'clicked' | 'failed';

const BACK: readonly SendState[] = ['refused', 'failed', 'cancelled'];
const WAITS: readonly SendState[] = ['queued', 'held', 'claimed'];

/** The ledger as plain objects: what the rows and statements must come to. */
export class LedgerModel {
  readonly sends: ModelSend[] = [];
  readonly people: ModelPerson[];
  readonly campaigns: ModelCampaign[];

  constructor(
    public nowMs: number,
    people: number,
    budgets: readonly number[],
    isAudience: (campaign: number) => boolean,
  ) {
    this.people = Array.from({ length: people }, () => ({
      granted: true,
      slot: { untilMs: null, holder: null },
      metaUntilMs: null,
    }));
    this.campaigns = budgets.map((budget, campaign) => ({
      state: 'active',
      budget,
      reserved: 0,
      spent: 0,
      batch: null,
      walked: isAudience(campaign) ? 0 : people,
      claimsFromMs: 0,
    }));
  }

  /** @returns how many were chosen before */
  choose(campaign: number, people: readonly number[]): number {
    return people.filter((person) => !this.chooseOne(campaign, person)).length;
  }

  private chooseOne(campaign: number, person: number): boolean {
    const standing = this.sends.find((send) => send.campaign === campaign && send.person === person);
    if (standing === undefined) this.sends.push(newSend(campaign, person));
    else if (!BACK.includes(standing.state) || standing.delivered) return false;
    else Object.assign(standing, { state: 'queued', dueMs: null });
    return true;
  }

  /** Resumes the open batch, or decides the next. */
  claim(campaign: number, atMost: number): void {
    const { batch, state, claimsFromMs } = this.campaign(campaign);
    if (batch !== null) batch.fence += 1;
    else if (state === 'active' && claimsFromMs <= this.nowMs) this.decideNext(campaign, atMost);
  }

  private decideNext(campaign: number, atMost: number): void {
    const batch: ModelBatch = { fence: 1, halted: false, sends: new Set() };
    const found = this.nextChosen(campaign).slice(0, atMost);
    if (found.length === 0) this.walk(campaign, batch, atMost);
    const inOrder = this.sends.filter((one) => found.includes(one));
    for (const send of inOrder) if (this.decide(send)) batch.sends.add(send);
    if (batch.sends.size > 0) this.campaign(campaign).batch = batch;
  }

  private nextChosen(campaign: number): ModelSend[] {
    const ours = this.sends.filter((send) => send.campaign === campaign);
    const due = ours.filter((send) => send.state === 'held' && (send.dueMs ?? 0) <= this.nowMs);
    return [...ours.filter((send) => send.state === 'queued'), ...due.sort((a, b) => (a.dueMs ?? 0) - (b.dueMs ?? 0))];
  }

  /** Decides the next of the audience who have no message yet, and stops before those whom the budget cannot pay. */
  private walk(campaign: number, batch: ModelBatch, atMost: number): void {
    const of = this.campaign(campaign);
    for (const end = Math.min(this.people.length, of.walked + atMost); of.walked < end; of.walked += 1) {
      if (this.sends.some((send) => send.campaign === campaign && send.person === of.walked)) continue;
      const send = newSend(campaign, of.walked);
      const isClaimed = this.decide(send);
      if (send.state === 'refused' && this.person(of.walked).granted) return;
      this.sends.push(send);
      if (isClaimed) batch.sends.add(send);
    }
  }

  /** Adds the rest of the audience to a batch, where nobody else is to be claimed first. */
  claimAhead(campaign: number, batch: ModelBatch, fence: number): void {
    const { batch: current, state, claimsFromMs } = this.campaign(campaign);
    if (current !== batch || batch.fence !== fence || batch.halted || state !== 'active') return;
    if (claimsFromMs > this.nowMs || this.nextChosen(campaign).length > 0) return;
    this.walk(campaign, batch, this.people.length);
  }

  private decide(send: ModelSend): boolean {
    const person = this.person(send.person);
    const campaign = this.campaign(send.campaign);
    const slotMs = Math.max(person.slot.untilMs ?? 0, person.metaUntilMs ?? 0);
    send.dueMs = null;
    if (send.delivered || !person.granted) send.state = 'refused';
    else if (slotMs > this.nowMs) Object.assign(send, { state: 'held', dueMs: slotMs });
    else if (campaign.budget - campaign.reserved - campaign.spent < COST) send.state = 'refused';
    else {
      campaign.reserved += COST;
      send.slotBefore = person.slot;
      person.slot = { untilMs: this.nowMs + SPACING, holder: send };
      Object.assign(send, { state: 'claimed', reserved: true, claimedAtMs: this.nowMs });
      return true;
    }
    return false;
  }

  /** @returns what left */
  begin(campaign: number, batch: ModelBatch | null, fence: number, atMost: number): ModelSend[] {
    const current = this.campaign(campaign);
    if (batch === null || current.batch !== batch || batch.fence !== fence || batch.halted) return [];
    const claimed = this.sends.filter((send) => batch.sends.has(send) && send.state === 'claimed').slice(0, atMost);
    return claimed.filter((send) => this.beginOne(send));
  }

  private beginOne(send: ModelSend): boolean {
    const person = this.person(send.person);
    const isStale = localDay(send.claimedAtMs, ZONE) !== localDay(this.nowMs, ZONE);
    const isTaken = person.slot.holder !== send && (person.slot.untilMs ?? 0) > this.nowMs;
    if (isStale) this.giveBack(send, 'queued');
    else if (send.delivered || !person.granted) this.giveBack(send, 'refused');
    else if (isTaken) this.giveBack(send, 'queued');
    else {
      person.slot = { untilMs: this.nowMs + SPACING, holder: send };
      Object.assign(send, { state: 'sending', attempt: send.attempt + 1, begunAtMs: this.nowMs });
      return true;
    }
    return false;
  }

  private giveBack(send: ModelSend, state: SendState): void {
    this.release(send);
    const person = this.person(send.person);
    if (person.slot.holder === send) person.slot = send.slotBefore;
    send.state = state;
  }

  private release(send: ModelSend): void {
    if (send.reserved) this.campaign(send.campaign).reserved -= COST;
    send.reserved = false;
  }

  settle(send: ModelSend, attempt: number, batch: ModelBatch, answer: ModelAnswer): void {
    if (answer === 'pacing') this.slowDown(this.campaign(send.campaign), batch);
    if (send.attempt !== attempt || WAITS.includes(send.state)) return;
    if (answer === 'accepted') this.accept(send);
    else if (send.state === 'unknown') this.settleLate(send, answer);
    else if (send.state === 'sending') this.settleNow(send, answer);
  }

  private slowDown(campaign: ModelCampaign, batch: ModelBatch): void {
    batch.halted = true;
    campaign.claimsFromMs = Math.max(campaign.claimsFromMs, this.nowMs + PACING);
  }

  private accept(send: ModelSend): void {
    const isOpen = send.state === 'sending' || send.state === 'unknown' || send.state === 'assumed_sent';
    if (!isOpen && rankOf(send.state) === 0 && send.state !== 'failed') return;
    if (isOpen) Object.assign(send, { state: 'accepted', dueMs: null });
    const person = this.person(send.person);
    if (person.slot.holder !== send) return;
    person.slot = { untilMs: Math.max(person.slot.untilMs ?? 0, this.nowMs + SPACING), holder: send };
  }

  private settleNow(send: ModelSend, answer: Exclude<ModelAnswer, 'accepted'>): void {
    switch (answer) {
      case 'lost':
        Object.assign(send, { state: 'unknown', dueMs: (send.begunAtMs ?? 0) + FIRST_LOOK });
        return;
      case 'dead':
        this.giveBack(send, 'failed');
        return;
      case 'pacing':
      case 'not_sent':
        this.giveBack(send, 'queued');
        return;
      case 'wait':
        this.giveBack(send, 'held');
        send.dueMs = this.nowMs + HOUR;
        this.heardOfWait(send);
    }
  }

  /** A complete refusal after the sweeper: the money comes back, the slot stays. */
  private settleLate(send: ModelSend, answer: ModelAnswer): void {
    if (answer === 'lost' || answer === 'not_sent') return;
    this.release(send);
    Object.assign(send, { state: 'failed', dueMs: null });
    if (answer === 'wait') this.heardOfWait(send);
  }

  private heardOfWait(send: ModelSend): void {
    const person = this.person(send.person);
    person.metaUntilMs = Math.max(person.metaUntilMs ?? 0, this.nowMs + HOUR);
  }

  /** What is claimed goes back, and the batch is closed. */
  finish(campaign: number, batch: ModelBatch | null, fence: number): void {
    const current = this.campaign(campaign);
    if (batch === null || current.batch !== batch || batch.fence !== fence) return;
    for (const send of batch.sends) if (send.state === 'claimed') this.giveBack(send, 'queued');
    current.batch = null;
  }

  sweep(): void {
    for (const send of this.sends) if (send.state === 'sending') this.settleNow(send, 'lost');
  }

  sweepOldClaims(): void {
    for (const send of this.sends) if (send.state === 'claimed') this.giveBack(send, 'queued');
  }

  report(send: ModelSend, event: ModelEvent): void {
    const isBilled = event !== 'accepted';
    if (event === 'failed') this.reportFailure(send);
    else if (rankOf(send.state) === 0) {
      if (isBilled) this.bill(send, false);
    } else {
      if (isBilled) this.bill(send, send.reserved);
      if (rankOf(event) > rankOf(send.state)) send.state = event;
      send.dueMs = null;
    }
  }

  private reportFailure(send: ModelSend): void {
    if (!['sending', 'accepted', 'unknown', 'assumed_sent'].includes(send.state)) return;
    this.release(send);
    Object.assign(send, { state: 'failed', dueMs: null });
  }

  private bill(send: ModelSend, isReserved: boolean): void {
    if (isReserved) this.release(send);
    if (!send.delivered) this.campaign(send.campaign).spent += COST;
    send.delivered = true;
  }

  optOut(person: number): void {
    this.person(person).granted = false;
    for (const send of this.sends) if (send.person === person && WAITS.includes(send.state)) this.cancel(send);
  }

  private cancel(send: ModelSend): void {
    if (send.state === 'claimed') this.giveBack(send, 'cancelled');
    Object.assign(send, { state: 'cancelled', dueMs: null });
  }

  pause(campaign: number): void {
    const paused = this.campaign(campaign);
    Object.assign(paused, { state: 'paused', batch: null });
    for (const send of this.sends) {
      if (send.campaign === campaign && send.state === 'claimed') this.giveBack(send, 'queued');
    }
  }

  stop(campaign: number): void {
    Object.assign(this.campaign(campaign), { state: 'stopped', batch: null });
    for (const send of this.sends) if (send.campaign === campaign && WAITS.includes(send.state)) this.cancel(send);
  }

  advance(ms: number): void {
    this.nowMs += ms;
    for (const send of this.sends) {
      if (send.state === 'unknown' && (send.begunAtMs ?? 0) + UNKNOWN_WAIT <= this.nowMs) {
        Object.assign(send, { state: 'assumed_sent', dueMs: null });
      }
    }
  }

  campaign(index: number): ModelCampaign {
    const campaign = this.campaigns[index];
    if (campaign === undefined) throw new Error(`There is no campaign ${index}.`);
    return campaign;
  }

  person(index: number): ModelPerson {
    const person = this.people[index];
    if (person === undefined) throw new Error(`There is no person ${index}.`);
    return person;
  }
}

const newSend = (campaign: number, person: number): ModelSend => ({
  campaign,
  person,
  state: 'queued',
  reserved: false,
  dueMs: null,
  attempt: 0,
  begunAtMs: null,
  claimedAtMs: 0,
  delivered: false,
  slotBefore: { untilMs: null, holder: null },
});
