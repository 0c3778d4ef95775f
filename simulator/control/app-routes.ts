import { randomBytes } from 'node:crypto';
import type { App } from '../model/app';
import { jsonAnswer } from '../server/http';
import type { ControlCall, ControlRoute } from './call';
import { wrongField } from './control-error';
import { listAnswer } from './lists';
import type { Schema } from './schema';

const APP: Schema = {
  type: 'object',
  properties: {
    id: { type: 'string', pattern: '^\\d+$', description: 'Made up when missing; a known one is changed.' },
    secret: { type: 'string', description: 'Signs webhooks and proofs; made up when missing.' },
    verifyToken: { type: 'string', description: 'Shown when the address is verified; made up when missing.' },
    webhookUrl: { type: 'string', format: 'uri', description: 'Where webhooks are posted.' },
  },
};

function putApp({ world, body }: ControlCall): ReturnType<typeof jsonAnswer> {
  const order = body as Partial<App>;
  if (order.webhookUrl !== undefined && !isWebAddress(order.webhookUrl))
    throw wrongField('webhookUrl', 'must be an address of http or https');
  const known = order.id === undefined ? undefined : world.apps.get(order.id);
  const app: App = {
    id: world.ids.next('app'),
    secret: randomBytes(16).toString('hex'),
    verifyToken: randomBytes(8).toString('hex'),
    ...known,
    ...order,
  };
  world.apps.put(app);
  return jsonAnswer(known ? 200 : 201, app);
}

const isWebAddress = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

export const APP_ROUTES: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: '/__sim/apps',
    summary: 'The apps',
    status: 200,
    answer: APP,
    handle: (call) => listAnswer(call, call.world.apps.values(), (app) => app),
  },
  {
    method: 'POST',
    path: '/__sim/apps',
    summary: 'Creates an app, or changes the one with that id',
    body: APP,
    status: 201,
    answer: APP,
    handle: putApp,
  },
];
