import { randomUUID } from 'node:crypto';
import { newMid } from '../model/mid';
import { DAY_MS } from '../model/periods';
import type { Person } from '../model/person';
import { PLAIN_DELIVERY_AFTER_MS } from '../people/thread-life';
import { emitEcho } from '../webhooks/messaging-events';
import type { GraphCall } from './call';
import { badParameter } from './graph-error';
import { requireOpenWindow } from './window';

const TEXT_LENGTH = 2_000;
const HUMAN_AGENT_MS = 7 * DAY_MS;

/** Tags that ended on 27 April 2026. */
const DEAD_TAGS = new Set(['CONFIRMED_EVENT_UPDATE', 'ACCOUNT_UPDATE', 'POST_PURCHASE_UPDATE']);
const DEAD_TAGS_FROM_MS = Date.UTC(2026, 3, 27);

/** Sends a free message inside the window (a human agent: within 7 days). Returns the message id. */
export function sendOrdinary(call: GraphCall, person: Person, message: Readonly<Record<string, unknown>>): string {
  const text = message['text'];
  if (typeof text !== 'string' && message['attachment'] === undefined) throw badParameter('Empty text');
  if (typeof text === 'string' && [...text].length > TEXT_LENGTH) {
    throw badParameter(`Length of param message[text] must be less than or equal to ${TEXT_LENGTH}.`);
  }
  if (!isWithinTag(call, person)) requireOpenWindow(call, person);
  const mid = record(call, person);
  emitEcho(call.world, person, call.nowMs, { mid, message, ...(call.appId !== undefined && { appId: call.appId }) });
  return mid;
}

function isWithinTag(call: GraphCall, person: Person): boolean {
  const tag = call.params.text('tag');
  if (tag === undefined) return false;
  if (DEAD_TAGS.has(tag) && call.nowMs >= DEAD_TAGS_FROM_MS) throw badParameter(`Tag ${tag} is no longer supported.`);
  return tag === 'HUMAN_AGENT' && call.nowMs - (person.lastInboundMs ?? 0) <= HUMAN_AGENT_MS;
}

function record(call: GraphCall, person: Person): string {
  const mid = newMid();
  const id = randomUUID();
  call.world.sends.add({
    id,
    kind: 'standard',
    atMs: call.nowMs,
    wallMs: Date.now(),
    personId: person.id,
    pageId: person.pageId,
    appId: call.appId,
    mid,
    costMinor: 0,
    status: 'accepted',
  });
  call.world.queue.plan(call.nowMs + PLAIN_DELIVERY_AFTER_MS, { kind: 'plainDelivery', sendId: id });
  return mid;
}
