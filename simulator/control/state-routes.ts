import { PROFILES, type ProfileName } from '../model/settings';
import { resetWorld } from '../model/reset';
import type { World } from '../model/world';
import { jsonAnswer } from '../server/http';
import type { ControlCall, ControlRoute } from './call';
import { clockView } from './clock-routes';
import { ControlError } from './control-error';
import { pageOf } from './page-routes';
import type { Schema } from './schema';

const VERSION = '1.0.0';

const LINKS = [
  'openapi.json',
  'clock',
  'settings',
  'apps',
  'pages',
  'people',
  'sends',
  'webhooks',
  'requests',
  'faults',
];

const TEXT: Schema = { type: 'string' };

const STATE: Schema = {
  type: 'object',
  properties: {
    version: TEXT,
    profile: { type: 'string', enum: Object.keys(PROFILES) },
    clock: { type: 'object', properties: { now: TEXT, frozen: { type: 'boolean' } } },
    nextDueAt: { type: 'string', format: 'date-time', description: 'When the next event is due, or null.' },
    due: { type: 'integer', description: 'Events that are due and not played.' },
    unacknowledged: {
      type: 'integer',
      description: 'Webhooks played and not answered 2xx, those waiting for a retry too.',
    },
    seq: { type: 'integer', description: 'Grows with every change of state.' },
    links: { type: 'object', properties: Object.fromEntries(LINKS.map((name) => [name, TEXT])) },
  },
};

function stateView(world: World): object {
  const nextDueMs = world.queue.nextDueMs();
  return {
    version: VERSION,
    profile: world.profile,
    clock: clockView(world),
    nextDueAt: nextDueMs === undefined ? null : new Date(nextDueMs).toISOString(),
    due: world.queue.countDue(world.clock.nowMs()),
    unacknowledged: world.deliveries.size,
    seq: world.seq,
    links: Object.fromEntries(LINKS.map((name) => [name, `/__sim/${name}`])),
  };
}

async function reset({ world, body }: ControlCall): Promise<ReturnType<typeof jsonAnswer>> {
  const order = body as { profile?: ProfileName; pageIds?: string[] };
  for (const id of order.pageIds ?? []) pageOf(world, id);
  resetWorld(world, order);
  for (const id of order.pageIds ?? [...world.pages.values()].map((page) => page.id)) await world.poster.quiet(id);
  return jsonAnswer(200, stateView(world));
}

function makeReady({ world, path: { id = '' } }: ControlCall): ReturnType<typeof jsonAnswer> {
  const found = world.campaigns.find(id);
  if (!found) throw new ControlError(404, `there is no campaign ${id}`);
  const [, campaign] = found;
  const nowMs = world.clock.nowMs();
  campaign.populatedMs = Math.min(campaign.populatedMs, nowMs);
  campaign.readyMs = Math.min(campaign.readyMs, nowMs);
  world.campaigns.put(campaign);
  return jsonAnswer(200, { id: campaign.id, readyAt: new Date(campaign.readyMs).toISOString() });
}

export const STATE_ROUTES: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: '/__sim',
    summary: 'Where the simulator stands',
    status: 200,
    answer: STATE,
    handle: ({ world }) => jsonAnswer(200, stateView(world)),
  },
  {
    method: 'POST',
    path: '/__sim/reset',
    summary: 'Empties everything but apps, Pages and their tokens, and takes a profile',
    body: {
      type: 'object',
      properties: {
        profile: { type: 'string', enum: Object.keys(PROFILES) },
        pageIds: { type: 'array', items: TEXT, description: 'Empty these Pages only and leave all else.' },
      },
    },
    status: 200,
    answer: STATE,
    handle: reset,
  },
  {
    method: 'POST',
    path: '/__sim/campaigns/{id}/ready',
    summary: 'Ends the population wait of a campaign',
    status: 200,
    answer: { type: 'object', properties: { id: TEXT, readyAt: TEXT } },
    handle: makeReady,
  },
];
