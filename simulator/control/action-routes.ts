import type { Person } from '../model/person';
import type { OptOutNotice } from '../model/settings';
import type { World } from '../model/world';
import { accept, block, ignore, optIn, optOut, react, tap, write } from '../people/actions';
import { clickLink } from '../people/click-link';
import { jsonAnswer } from '../server/http';
import type { ControlCall, ControlRoute } from './call';
import { ControlError } from './control-error';
import { personView } from './people-routes';
import type { Schema } from './schema';

interface Words {
  readonly text?: string;
  readonly payload?: string;
  readonly notice?: OptOutNotice;
}

const WORDS: Schema = {
  type: 'object',
  properties: {
    text: { type: 'string', description: 'What the person writes, or the title of the button.' },
    payload: { type: 'string', description: 'Of the button, or of the opt-in.' },
    notice: {
      type: 'string',
      enum: ['none', 'optins_stop', 'optouts'],
      description: 'How an opt-out is reported, instead of as it is set.',
    },
  },
};

/** What a person can be made to do. */
type Action = (world: World, person: Person, atMs: number, words: Words) => void;

const ACTIONS: Readonly<Record<string, Action>> = {
  message: (world, person, atMs, { text }) => {
    write(world, person, atMs, text ?? 'Hello');
  },
  tap: (world, person, atMs, { text, payload }) => {
    tap(world, person, atMs, text ?? 'Button', payload ?? '');
  },
  accept: (world, person, atMs) => {
    if (!accept(world, person, atMs)) throw new ControlError(409, 'no opt-in request is open');
  },
  ignore,
  'opt-out': (world, person, atMs, { notice }) => {
    optOut(world, person, atMs, notice);
  },
  'opt-in': (world, person, atMs, { payload }) => {
    optIn(world, person, atMs, payload);
  },
  react,
  'click-button': (world, person, atMs) => {
    if (!clickLink(world, person, atMs)) throw new ControlError(409, 'the person has no message with a link to tap');
  },
  block,
};

function act({ world, path, body }: ControlCall): ReturnType<typeof jsonAnswer> {
  const { id = '', action = '' } = path;
  const deed = ACTIONS[action];
  if (!deed) throw new ControlError(404, `people cannot ${action}`);
  const person = world.people.find(id);
  if (!person) throw new ControlError(404, `there is no person ${id}`);
  deed(world, person, world.clock.nowMs(), body);
  return jsonAnswer(200, personView(person));
}

export const ACTION_ROUTES: readonly ControlRoute[] = [
  {
    method: 'POST',
    path: '/__sim/people/{id}/{action}',
    summary: `Makes a person do something: ${Object.keys(ACTIONS).join(', ')}`,
    body: WORDS,
    status: 200,
    handle: act,
  },
];
