import { randomUUID } from 'node:crypto';
import { newMid } from '../model/mid';
import { DAY_MS, SAME_TITLE_MS } from '../model/periods';
import type { Person } from '../model/person';
import { does, rateOf, reactionMs } from '../people/fate';
import type { GraphCall } from './call';
import { badParameter, GraphError } from './graph-error';
import { isObject } from './params';
import { requireOpenWindow } from './window';

type Payload = Readonly<Record<string, unknown>>;

const DEFAULT_TITLE = 'Updates and promotions';
const TITLE_LENGTH = 65;
const MOST_ELEMENTS = 5;
const CTA_TEXTS = new Set(['ALLOW', 'GET', 'GET_UPDATES', 'OPT_IN', 'SIGN_UP']);
const RATIOS = new Set(['HORIZONTAL', 'SQUARE']);

/** Different titles one person may be asked on Instagram. */
const INSTAGRAM_PER_DAY = 5;
const INSTAGRAM_PER_WEEK = 10;

/** The opt-in template in a message, if it is one. */
export function optInPayloadOf(message: Payload): Payload | undefined {
  const attachment = message['attachment'];
  const payload = isObject(attachment) ? attachment['payload'] : undefined;
  return isObject(payload) && payload['template_type'] === 'notification_messages' ? payload : undefined;
}

/** Asks a person to opt in; they may accept by themselves a little later. Returns the message id. */
export function askForOptIn(call: GraphCall, person: Person, payload: Payload): string {
  checkPayload(payload);
  requireOpenWindow(call, person);
  const title = (payload['title'] as string | undefined) ?? DEFAULT_TITLE;
  const key = titleKey(call, title, payload);
  checkSpacing(call, person, key);
  const timeZone = payload['notification_messages_timezone'];
  const words = payload['payload'] as string;
  person.pending = { title, payload: words, ...(typeof timeZone === 'string' && { timeZone }) };
  person.asked[key] = call.nowMs;
  call.world.people.put(person);
  planAnswer(call, person, key);
  return record(call, person);
}

function checkPayload(payload: Payload): void {
  const { payload: words, title, elements } = payload as { payload: unknown; title: unknown; elements: unknown };
  if (typeof words !== 'string' || words === '') throw badParameter('The parameter payload is required.');
  if (title !== undefined && (typeof title !== 'string' || [...title].length > TITLE_LENGTH)) {
    throw badParameter(`Length of param title must be less than or equal to ${TITLE_LENGTH}.`);
  }
  checkChoice(payload, 'notification_messages_cta_text', CTA_TEXTS);
  checkChoice(payload, 'image_aspect_ratio', RATIOS);
  if (elements !== undefined) checkElements(elements);
}

function checkChoice(payload: Payload, name: string, choices: ReadonlySet<string>): void {
  const value = payload[name];
  if (value === undefined || (typeof value === 'string' && choices.has(value))) return;
  throw badParameter(`Param ${name} must be one of {${[...choices].join(', ')}}.`);
}

function checkElements(elements: unknown): void {
  const isGood =
    Array.isArray(elements) &&
    elements.length >= 1 &&
    elements.length <= MOST_ELEMENTS &&
    elements.every((element) => isObject(element) && typeof element['title'] === 'string' && element['title'] !== '');
  if (!isGood) throw badParameter(`Param elements must hold 1 to ${MOST_ELEMENTS} items, each with a title.`);
}

/** What must not be asked twice in a week: the title, on Instagram together with the picture. */
function titleKey(call: GraphCall, title: string, payload: Payload): string {
  const image = payload['image_url'];
  return call.access.page.platform === 'instagram' ? `${title}|${typeof image === 'string' ? image : ''}` : title;
}

function checkSpacing(call: GraphCall, person: Person, key: string): void {
  const isWithin = (periodMs: number) => (askedMs: number) => call.nowMs - askedMs < periodMs;
  const askedMs = person.asked[key];
  if (askedMs !== undefined && isWithin(SAME_TITLE_MS)(askedMs)) throw new GraphError(613, { subcode: 1893016 });
  if (call.access.page.platform !== 'instagram') return;
  const times = Object.values(person.asked);
  const isOver =
    times.filter(isWithin(DAY_MS)).length >= INSTAGRAM_PER_DAY ||
    times.filter(isWithin(SAME_TITLE_MS)).length >= INSTAGRAM_PER_WEEK;
  if (isOver) throw new GraphError(9, { subcode: 2018352 });
}

function planAnswer(call: GraphCall, person: Person, key: string): void {
  const { world, nowMs } = call;
  if (!does(world, person, 'accept', rateOf(person, 'accept', 0), key)) return;
  world.queue.plan(nowMs + reactionMs(world, person, 'accept', key), { kind: 'accept', personId: person.id });
}

function record(call: GraphCall, person: Person): string {
  const mid = newMid();
  call.world.sends.add({
    id: randomUUID(),
    kind: 'opt_in_request',
    atMs: call.nowMs,
    wallMs: Date.now(),
    personId: person.id,
    pageId: person.pageId,
    mid,
    costMinor: 0,
    status: 'accepted',
  });
  return mid;
}
