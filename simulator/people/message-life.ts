import { chance } from '../model/chance';
import { SECOND_MS } from '../model/periods';
import type { Person } from '../model/person';
import type { Send } from '../model/send';
import type { World } from '../model/world';
import { emitMarketing } from '../webhooks/marketing-events';
import { book, release } from './money';
import { does, rateOf, reactionMs } from './fate';

/** After acceptance: the message stands in the thread. */
export const ECHO_AFTER_MS = SECOND_MS;

/** After the echo: it reached the device, or never will. */
const OUTCOME_AFTER_MS = 2 * SECOND_MS;

export function echo(world: World, send: Send, person: Person, atMs: number): void {
  emitMarketing(world, 'marketing_message_echoes', send, person, atMs);
  world.queue.plan(atMs + OUTCOME_AFTER_MS, { kind: 'outcome', sendId: send.id });
}

/** Decides whether the message fails, arrives, or is never heard of again. */
export function meetOutcome(world: World, send: Send, person: Person, atMs: number): void {
  const { failRate, deliverRate } = world.settingsOf(send.pageId);
  if (send.status !== 'accepted') return;
  if (chance(world.seed, 'fail', person.id, person.paidSends) < failRate) fail(world, send, person, atMs);
  else if (chance(world.seed, 'deliver', person.id, person.paidSends) < deliverRate) deliver(world, send, person, atMs);
}

/** The message reached the device: it is charged, and the person may read it. */
export function deliver(world: World, send: Send, person: Person, atMs: number): void {
  send.status = 'delivered';
  world.sends.put(send);
  book(world, send);
  emitMarketing(world, 'marketing_message_deliveries', send, person, atMs);
  const rate = readRateOf(world, person);
  if (!does(world, person, 'read', rate, person.paidSends)) return;
  const takesMs = reactionMs(world, person, 'read', person.paidSends);
  world.queue.plan(atMs + takesMs, { kind: 'read', sendId: send.id });
}

function fail(world: World, send: Send, person: Person, atMs: number): void {
  send.status = 'failed';
  world.sends.put(send);
  release(world, send);
  emitMarketing(world, 'marketing_message_delivery_failed', send, person, atMs);
}

/** The person reads it, and may then tap its link, answer, or opt out. */
export function read(world: World, send: Send, person: Person, atMs: number): void {
  if (send.status === 'delivered') send.status = 'read';
  world.sends.put(send);
  emitMarketing(world, 'marketing_message_reads', send, person, atMs);
  planAfterReading(world, send, person, atMs);
}

export function click(world: World, send: Send, person: Person, atMs: number): void {
  send.status = 'clicked';
  world.sends.put(send);
  emitMarketing(world, 'marketing_message_clicks', send, person, atMs);
}

function planAfterReading(world: World, send: Send, person: Person, atMs: number): void {
  const { clickRate } = world.settingsOf(send.pageId);
  const turn = person.paidSends;
  const afterMs = (deed: 'click' | 'reply' | 'stop'): number => atMs + reactionMs(world, person, deed, turn);
  const readers = readRateOf(world, person);
  const clickOfReaders = readers > 0 ? rateOf(person, 'click', clickRate) / readers : 0;
  if (does(world, person, 'click', clickOfReaders, turn)) {
    world.queue.plan(afterMs('click'), { kind: 'click', sendId: send.id });
  }
  if (does(world, person, 'reply', rateOf(person, 'reply', 0), turn)) {
    world.queue.plan(afterMs('reply'), { kind: 'reply', personId: person.id });
  }
  if (does(world, person, 'stop', rateOf(person, 'stop', 0), turn)) {
    world.queue.plan(afterMs('stop'), { kind: 'stop', personId: person.id });
  }
}

/** Someone whose own rate of tapping links is given reads at least that often. */
function readRateOf(world: World, person: Person): number {
  const { readRate } = world.settingsOf(person.pageId);
  return rateOf(person, 'read', Math.max(readRate, person.behaviour?.click ?? 0));
}
