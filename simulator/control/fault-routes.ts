import { FAULT_KINDS, type Fault, type FaultKind } from '../model/fault';
import { jsonAnswer, noAnswerBody } from '../server/http';
import type { ControlCall, ControlRoute } from './call';
import { ControlError } from './control-error';
import { listAnswer } from './lists';
import type { Schema } from './schema';

const CREATE: Schema = {
  type: 'object',
  required: ['match', 'fault'],
  properties: {
    match: {
      type: 'object',
      required: ['path'],
      properties: {
        path: { type: 'string', description: 'Part of the path; * stands for anything but a slash.' },
        campaignId: { type: 'string', description: 'Only requests about this campaign.' },
      },
    },
    fault: { type: 'string', enum: FAULT_KINDS, description: 'drop_after_accept strikes only what was accepted.' },
    share: { type: 'number', minimum: 0, maximum: 1, default: 1, description: 'Share of the requests it strikes.' },
    times: { type: 'integer', minimum: 1, description: 'How often it strikes; without it: until it is taken away.' },
    code: { type: 'integer', description: 'Error code it answers with.' },
    delayMs: { type: 'integer', minimum: 0, description: 'How long a slow answer takes, 15 s by default.' },
  },
};

interface CreateOrder {
  readonly match: { readonly path: string; readonly campaignId?: string };
  readonly fault: FaultKind;
  readonly share?: number;
  readonly times?: number;
  readonly code?: number;
  readonly delayMs?: number;
}

function createFault({ world, body }: ControlCall): ReturnType<typeof jsonAnswer> {
  const { match, fault: kind, share = 1, times, code, delayMs } = body as unknown as CreateOrder;
  const fault: Fault = {
    id: `f${world.ids.count('fault')}`,
    ...match,
    kind,
    share,
    seen: 0,
    ...(times !== undefined && { timesLeft: times }),
    ...(code !== undefined && { code }),
    ...(delayMs !== undefined && { delayMs }),
  };
  world.faults.put(fault);
  return jsonAnswer(201, faultView(fault));
}

function faultView({ id, path, campaignId, kind, share, timesLeft, code, delayMs }: Fault): object {
  return { id, match: { path, campaignId }, fault: kind, share, times: timesLeft, code, delayMs };
}

function deleteFault({ world, path: { id = '' } }: ControlCall): ReturnType<typeof jsonAnswer> {
  if (!world.faults.get(id)) throw new ControlError(404, `there is no fault ${id}`);
  world.faults.delete(id);
  return noAnswerBody(204);
}

function deleteFaults({ world }: ControlCall): ReturnType<typeof jsonAnswer> {
  world.faults.clear();
  return noAnswerBody(204);
}

export const FAULT_ROUTES: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: '/__sim/faults',
    summary: 'The faults in force',
    status: 200,
    answer: CREATE,
    handle: (call) => listAnswer(call, call.world.faults.values(), faultView),
  },
  {
    method: 'POST',
    path: '/__sim/faults',
    summary: 'Makes matching Graph requests go wrong',
    body: CREATE,
    status: 201,
    answer: { type: 'object', properties: { id: { type: 'string' }, ...CREATE.properties } },
    handle: createFault,
  },
  { method: 'DELETE', path: '/__sim/faults', summary: 'Takes all faults away', status: 204, handle: deleteFaults },
  { method: 'DELETE', path: '/__sim/faults/{id}', summary: 'Takes one fault away', status: 204, handle: deleteFault },
];
