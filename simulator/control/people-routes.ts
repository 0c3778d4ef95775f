import type { PeopleGroup } from '../model/people-group';
import type { Behaviour, Person, SubscriptionSource } from '../model/person';
import { write } from '../people/actions';
import { jsonAnswer } from '../server/http';
import type { World } from '../model/world';
import type { ControlCall, ControlRoute } from './call';
import { listAnswer } from './lists';
import { pageOf } from './page-routes';
import type { Schema } from './schema';

const TEXT: Schema = { type: 'string' };
const SHARE: Schema = { type: 'number', minimum: 0, maximum: 1 };

/** Beyond this many the answer does not list them. */
const MOST_LISTED = 10_000;

const CREATE: Schema = {
  type: 'object',
  required: ['pageId'],
  properties: {
    pageId: TEXT,
    count: { type: 'integer', minimum: 1, maximum: 2_000_000, default: 1 },
    source: {
      type: 'string',
      enum: ['OPT_IN', 'CTM', 'SUBSCRIBER_LIST', 'none'],
      default: 'none',
      description: 'How they subscribed, at once and without a webhook; none: not at all.',
    },
    region: { type: 'string', pattern: '^[A-Z]{2}$', description: 'ISO 3166 code.' },
    timeZone: TEXT,
    email: { type: 'string', description: 'Of the first; the others get +1, +2, … before the @.' },
    phone: { type: 'string', description: 'Of the first; the others count up from it.' },
    list: { type: 'string', description: 'Name of a contact list; the same name is the same custom audience.' },
    windowOpen: { type: 'boolean', description: 'They write once, webhook included.' },
    behaviour: {
      type: 'object',
      description: 'How likely they do something by themselves.',
      properties: { accept: SHARE, reply: SHARE, read: SHARE, click: SHARE, stop: SHARE, seed: { type: 'integer' } },
    },
  },
};

const PERSON: Schema = {
  type: 'object',
  properties: { id: TEXT, psid: TEXT, token: TEXT, pageId: TEXT, status: TEXT, region: TEXT },
};

const CREATED: Schema = {
  type: 'object',
  properties: { count: { type: 'integer' }, firstId: TEXT, data: { type: 'array', items: PERSON } },
};

interface CreateOrder {
  readonly pageId: string;
  readonly count?: number;
  readonly source?: SubscriptionSource | 'none';
  readonly region?: string;
  readonly timeZone?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly list?: string;
  readonly windowOpen?: boolean;
  readonly behaviour?: Behaviour;
}

function createPeople({ world, body }: ControlCall): ReturnType<typeof jsonAnswer> {
  const order = body as unknown as CreateOrder;
  pageOf(world, order.pageId);
  const nowMs = world.clock.nowMs();
  const people = world.people.add(groupOf(world, order, nowMs));
  if (order.windowOpen) for (const person of people) write(world, person, nowMs, 'Hi');
  const data =
    people.length <= MOST_LISTED
      ? people.map((person) => ({ id: person.id, psid: person.psid, token: tokenOf(person) }))
      : undefined;
  return jsonAnswer(201, { count: people.length, firstId: people[0]?.id, ...(data && { data }) });
}

function groupOf(world: World, order: CreateOrder, nowMs: number): PeopleGroup {
  const { source, list, count = 1, windowOpen, ...same } = order;
  const first = world.ids.count('person', count);
  return {
    ...same,
    id: `g${first}`,
    first,
    count,
    createdMs: nowMs,
    ...(source !== undefined && source !== 'none' && { source }),
    ...(list !== undefined && { audienceId: audienceOf(world, order.pageId, list) }),
    ...(windowOpen && { wroteMs: nowMs }),
  };
}

function audienceOf(world: World, pageId: string, name: string): string {
  for (const audience of world.audiences.values()) {
    if (audience.pageId === pageId && audience.name === name) return audience.id;
  }
  const id = world.ids.next('audience');
  world.audiences.put({ id, pageId, name });
  return id;
}

/** A person as the control API shows them. */
export function personView(person: Person): object {
  const { id, psid, pageId, region } = person;
  return { id, psid, token: tokenOf(person), pageId, status: statusOf(person), region: region ?? null };
}

/** The token someone has who ever subscribed, null for others. */
function tokenOf(person: Person): string | null {
  return person.subscription ? person.token : null;
}

function statusOf({ blocked, subscription, pending }: Person): string {
  if (blocked) return 'blocked';
  if (subscription) return subscription.active ? 'subscribed' : 'stopped';
  return pending ? 'asked' : 'none';
}

function listPeople(call: ControlCall): ReturnType<typeof jsonAnswer> {
  const pageId = call.query.get('pageId');
  const subscribed = call.query.get('subscribed');
  return listAnswer(call, call.world.people.all(), (person) => {
    const isSubscribed = person.subscription?.active === true;
    const isWanted =
      (pageId === null || person.pageId === pageId) &&
      (subscribed === null || (subscribed === 'true') === isSubscribed);
    return isWanted ? personView(person) : undefined;
  });
}

export const PEOPLE_ROUTES: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: '/__sim/people',
    summary: 'The people',
    query: ['pageId', 'subscribed'],
    status: 200,
    answer: PERSON,
    handle: listPeople,
  },
  {
    method: 'POST',
    path: '/__sim/people',
    summary: 'Creates people at a Page',
    body: CREATE,
    status: 201,
    answer: CREATED,
    handle: createPeople,
  },
];
