import { newMid } from '../model/mid';
import { WINDOW_MS } from '../model/periods';
import type { Person } from '../model/person';
import type { OptOutNotice } from '../model/settings';
import type { World } from '../model/world';
import { emitFromPerson } from '../webhooks/messaging-events';
import { emitOptIn, emitOptOut } from '../webhooks/opt-in-events';

/** The person writes to the Page, which opens the standard window. */
export function write(world: World, person: Person, atMs: number, text: string): void {
  openWindow(world, person, atMs);
  emitFromPerson(world, person, atMs, 'messages', { message: { mid: newMid(), text } });
}

/** The person taps a button that answers to the Page. */
export function tap(world: World, person: Person, atMs: number, title: string, payload: string): void {
  openWindow(world, person, atMs);
  emitFromPerson(world, person, atMs, 'messaging_postbacks', { postback: { mid: newMid(), title, payload } });
}

/** The person reacts to the newest message. */
export function react(world: World, person: Person, atMs: number): void {
  openWindow(world, person, atMs);
  const mid = world.sends.newestPaidTo(person.id)?.mid ?? newMid();
  const reaction = { reaction: 'love', emoji: '\u2764', action: 'react', mid };
  emitFromPerson(world, person, atMs, 'message_reactions', { reaction });
}

/** The person accepts the request that is open; false if none is. Opens no window. */
export function accept(world: World, person: Person, atMs: number): boolean {
  const request = person.pending;
  if (!request) return false;
  delete person.pending;
  const createdMs = person.subscription?.createdMs ?? atMs;
  person.subscription = { source: 'OPT_IN', createdMs, active: true, accepted: request };
  world.people.putSubscription(person);
  emitOptIn(world, person, atMs, false);
  return true;
}

/** The person lets the open request lie. */
export function ignore(world: World, person: Person): void {
  delete person.pending;
  world.people.put(person);
}

/** The person opts in by their own step, or comes back after a stop with the same token. */
export function optIn(world: World, person: Person, atMs: number, payload: string | undefined): void {
  const before = person.subscription;
  const request = person.pending ?? before?.accepted;
  const accepted = {
    title: request?.title ?? 'Updates and promotions',
    ...request,
    payload: payload ?? request?.payload ?? '',
  };
  const source = before?.source ?? 'OPT_IN';
  person.subscription = { source, createdMs: before?.createdMs ?? atMs, active: true, accepted };
  delete person.pending;
  world.people.putSubscription(person);
  emitOptIn(world, person, atMs, before?.active === false);
}

/** The person taps the opt-out link; the notice is the one set, and only template subscribers cause any by default. */
export function optOut(world: World, person: Person, atMs: number, notice?: OptOutNotice): void {
  const isByTemplate = person.subscription?.source === 'OPT_IN';
  stopSubscription(world, person, atMs);
  const usual = isByTemplate ? world.settingsOf(person.pageId).optOutNotice : 'none';
  emitOptOut(world, person, atMs, notice ?? usual);
}

/** Ends a subscription without a word to anyone. */
export function stopSubscription(world: World, person: Person, atMs: number): void {
  if (!person.subscription?.active) return;
  person.subscription.active = false;
  person.subscription.stoppedMs = atMs;
  world.people.putSubscription(person);
}

/** The person blocks the Page: nothing reaches them any more. */
export function block(world: World, person: Person): void {
  person.blocked = true;
  world.people.put(person);
}

function openWindow(world: World, person: Person, atMs: number): void {
  person.lastInboundMs = atMs;
  person.windowUntilMs = atMs + WINDOW_MS;
  world.people.put(person);
}
