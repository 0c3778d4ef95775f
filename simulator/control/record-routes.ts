import type { Send } from '../model/send';
import type { World } from '../model/world';
import { jsonAnswer } from '../server/http';
import type { ControlCall, ControlRoute } from './call';
import { ControlError } from './control-error';
import { listAnswer } from './lists';
import { summaryOf } from './send-summary';
import type { Schema } from './schema';

const TEXT: Schema = { type: 'string' };
const WHOLE: Schema = { type: 'integer' };

/** Statuses at or beyond each outcome: a message that was read was delivered too. */
const REACHED: Readonly<Record<string, readonly Send['status'][]>> = {
  accepted: ['accepted', 'delivered', 'read', 'clicked', 'failed'],
  delivered: ['delivered', 'read', 'clicked'],
  read: ['read', 'clicked'],
  clicked: ['clicked'],
  failed: ['failed'],
  refused: ['refused'],
};

interface SendView {
  readonly at: string;
  readonly wallAt: string;
  readonly campaignId: string | null;
  readonly token: string | null;
  readonly psid: string | null;
  readonly trackingId: string | null;
  readonly mid: string | null;
  readonly status: Send['status'];
  readonly costMinor: number;
  /** The error of a refused one. */
  readonly code?: number;
}

function listSends(call: ControlCall): ReturnType<typeof jsonAnswer> {
  const { world, query } = call;
  const outcome = query.get('outcome') ?? 'accepted';
  const statuses = REACHED[outcome];
  if (!statuses) throw new ControlError(400, `outcome must be one of ${Object.keys(REACHED).join(', ')}`);
  const campaignId = query.get('campaignId');
  const psid = query.get('psid');
  const kind = query.get('kind');
  return listAnswer(call, sendsOf(world, outcome, campaignId), (send) => {
    const isKind = kind === null ? send.kind !== 'opt_in_request' : send.kind === kind;
    const isCampaign = campaignId === null || send.campaignId === campaignId;
    const row = isKind && isCampaign && statuses.includes(send.status) ? sendView(world, send) : undefined;
    return psid === null || row?.psid === psid ? row : undefined;
  });
}

function* sendsOf(world: World, outcome: string, campaignId: string | null): Iterable<Send> {
  if (outcome === 'refused') for (const [, send] of world.refusals.from(0)) yield send;
  else if (campaignId === null) yield* world.sends.all();
  else yield* world.sends.ofCampaign(campaignId);
}

function sendView(world: World, send: Send): SendView {
  const person = world.people.get(send.personId);
  const isPaid = send.kind === 'paid';
  return {
    at: new Date(send.atMs).toISOString(),
    wallAt: new Date(send.wallMs).toISOString(),
    campaignId: send.campaignId ?? null,
    token: isPaid ? (person?.token ?? null) : null,
    psid: person?.psid ?? null,
    trackingId: isPaid && send.status !== 'refused' ? send.id : null,
    mid: send.mid === '' ? null : send.mid,
    status: send.status,
    costMinor: send.costMinor,
    ...(send.code !== undefined && { code: send.code }),
  };
}

function listWebhooks(call: ControlCall): ReturnType<typeof jsonAnswer> {
  const { world, query } = call;
  const [pageId, field, status] = ['pageId', 'field', 'status'].map((name) => query.get(name));
  return listAnswer(call, world.attempts.from(0), ([, { atMs, wallMs, ...attempt }]) => {
    const isWanted =
      (pageId ?? attempt.pageId) === attempt.pageId &&
      (field ?? attempt.field) === attempt.field &&
      (status ?? String(attempt.status)) === String(attempt.status);
    return isWanted
      ? { at: new Date(atMs).toISOString(), wallAt: new Date(wallMs).toISOString(), ...attempt }
      : undefined;
  });
}

function listRequests(call: ControlCall): ReturnType<typeof jsonAnswer> {
  const { world, query } = call;
  const path = query.get('path') ?? '';
  const sinceMs = Date.parse(query.get('since') ?? '1970-01-01');
  if (Number.isNaN(sinceMs)) throw new ControlError(400, 'since must be an ISO 8601 moment');
  return listAnswer(call, world.requests.from(0), ([, { wallMs, ...request }]) =>
    wallMs >= sinceMs && request.path.includes(path)
      ? { wallAt: new Date(wallMs).toISOString(), ...request }
      : undefined,
  );
}

export const RECORD_ROUTES: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: '/__sim/sends',
    summary: 'Messages the platform accepted; with outcome=refused the paid ones it refused',
    query: ['campaignId', 'psid', 'outcome', 'kind'],
    status: 200,
    answer: {
      type: 'object',
      properties: {
        ...{ at: TEXT, wallAt: TEXT, campaignId: TEXT, token: TEXT, psid: TEXT, trackingId: TEXT, mid: TEXT },
        ...{ status: TEXT, costMinor: WHOLE },
      },
    },
    handle: listSends,
  },
  {
    method: 'GET',
    path: '/__sim/sends/summary',
    summary: 'The paid messages in figures, of all campaigns or of one',
    query: ['campaignId'],
    status: 200,
    answer: {
      type: 'object',
      properties: {
        ...{ accepted: WHOLE, people: WHOLE, maxPerPerson: WHOLE },
        minGapMs: { type: 'integer', description: 'Least business time between two messages to one person, or null.' },
        ...{ spentMinor: WHOLE, reservedMinor: WHOLE },
      },
    },
    handle: ({ world, query }) => jsonAnswer(200, summaryOf(world, query.get('campaignId') ?? undefined)),
  },
  {
    method: 'GET',
    path: '/__sim/webhooks',
    summary: 'Every attempt to deliver an event; status 0: no answer',
    query: ['pageId', 'field', 'status'],
    status: 200,
    answer: {
      type: 'object',
      properties: {
        ...{ at: TEXT, wallAt: TEXT, appId: TEXT, pageId: TEXT, field: TEXT, eventId: TEXT },
        ...{ attempt: WHOLE, status: WHOLE },
      },
    },
    handle: listWebhooks,
  },
  {
    method: 'GET',
    path: '/__sim/requests',
    summary: 'Every Graph request whose path contains a text, since a wall moment',
    query: ['path', 'since'],
    status: 200,
    answer: { type: 'object', properties: { wallAt: TEXT, method: TEXT, path: TEXT, status: WHOLE, code: WHOLE } },
    handle: listRequests,
  },
];
