import { jsonAnswer } from '../server/http';
import type { World } from '../model/world';
import type { ControlCall, ControlRoute } from './call';
import { wrongField } from './control-error';
import { durationMs } from './durations';
import type { Schema } from './schema';

const CLOCK: Schema = {
  type: 'object',
  properties: {
    now: { type: 'string', format: 'date-time', description: 'Business time.' },
    frozen: { type: 'boolean', description: 'Whether it stands still until the next call.' },
  },
};

const MOVE: Schema = {
  type: 'object',
  properties: {
    advance: {
      type: 'string',
      description: 'ISO 8601 duration to move on by, e.g. PT12H. Frozen or not stays as it is.',
    },
    now: { type: 'string', format: 'date-time', description: 'The moment to move to; runs on from there.' },
    frozen: { type: 'boolean', description: 'Stand still from there until the next call.' },
    wallAt: {
      type: 'string',
      format: 'date-time',
      description: 'The wall moment at which `now` holds, so that two clocks agree; by default that of the call.',
    },
  },
};

/** The clock as it is shown. */
export function clockView({ clock }: World): { now: string; frozen: boolean } {
  return { now: new Date(clock.nowMs()).toISOString(), frozen: !clock.running };
}

async function moveClock({ world, body }: ControlCall): Promise<ReturnType<typeof jsonAnswer>> {
  const order = body as { advance?: string; now?: string; frozen?: boolean; wallAt?: string };
  if ((order.advance === undefined) === (order.now === undefined))
    throw wrongField('now', 'or advance is required, not both');
  const stepMs = order.advance === undefined ? undefined : durationMs(order.advance);
  if (order.advance !== undefined && stepMs === undefined) throw wrongField('advance', 'must be a duration like PT12H');
  const targetMs = readMoment('now', order.now);
  const wallMs = readMoment('wallAt', order.wallAt);
  await world.player.moveTo(() => ({
    nowMs: targetMs ?? world.clock.nowMs() + (stepMs ?? 0),
    frozen: order.frozen ?? (stepMs !== undefined && !world.clock.running),
    wallMs: wallMs ?? Date.now(),
    driven: targetMs === undefined ? world.clock.driven : true,
  }));
  return jsonAnswer(200, clockView(world));
}

function readMoment(field: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw wrongField(field, 'must be an ISO 8601 moment');
  return ms;
}

export const CLOCK_ROUTES: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: '/__sim/clock',
    summary: 'The simulator’s time',
    status: 200,
    answer: CLOCK,
    handle: ({ world }) => jsonAnswer(200, clockView(world)),
  },
  {
    method: 'POST',
    path: '/__sim/clock',
    summary: 'Moves the clock and plays what becomes due, in order',
    body: MOVE,
    status: 200,
    answer: CLOCK,
    handle: moveClock,
  },
];
