import { isTimeZone } from '../model/account-day';
import { ALL_PERMISSIONS, type Page, type Platform } from '../model/page';
import type { World } from '../model/world';
import { emitPolicy, type PolicyAction } from '../webhooks/policy-events';
import { jsonAnswer } from '../server/http';
import type { ControlCall, ControlRoute } from './call';
import { ControlError, wrongField } from './control-error';
import { listAnswer } from './lists';
import type { Schema } from './schema';

const TEXT: Schema = { type: 'string' };
const COUNTRY: Schema = { type: 'string', pattern: '^[A-Z]{2}$', description: 'ISO 3166 code of Page and ad account.' };
const TEXTS: Schema = { type: 'array', items: TEXT };

const CREATE: Schema = {
  type: 'object',
  required: ['name', 'country', 'currency', 'timeZone'],
  properties: {
    name: TEXT,
    country: COUNTRY,
    currency: { type: 'string', pattern: '^[A-Z]{3}$', description: 'ISO 4217 code of the ad account.' },
    timeZone: { type: 'string', description: 'IANA zone of the ad account.' },
    platform: { type: 'string', enum: ['messenger', 'instagram'], default: 'messenger' },
  },
};

const POLICY: Schema = {
  type: 'object',
  required: ['action'],
  properties: {
    action: { type: 'string', enum: ['warning', 'block', 'unblock'] },
    reason: { type: 'string', description: 'What the apps are told; not of an unblock.' },
  },
};

const CREATED: Schema = {
  type: 'object',
  properties: { id: TEXT, pageToken: TEXT, adAccountId: TEXT, systemUserToken: TEXT, businessId: TEXT },
};

const CHANGE: Schema = {
  type: 'object',
  properties: {
    country: COUNTRY,
    tokenState: { type: 'string', enum: ['valid', 'expired', 'revoked'], description: 'State of its tokens.' },
    permissions: { ...TEXTS, description: `What its tokens may do, of ${ALL_PERMISSIONS.join(', ')}.` },
    refusals: {
      type: 'array',
      items: { type: 'integer' },
      description: 'Send errors answered for this Page whatever is sent, e.g. 2300011: no payment method.',
    },
  },
};

function createPage({ world, body }: ControlCall): ReturnType<typeof jsonAnswer> {
  const order = body as { name: string; country: string; currency: string; timeZone: string; platform?: Platform };
  if (!isTimeZone(order.timeZone)) throw wrongField('timeZone', 'must be an IANA zone');
  const id = world.ids.next('page');
  const page: Page = {
    ...order,
    id,
    platform: order.platform ?? 'messenger',
    pageToken: world.ids.accessToken(`page|${id}`),
    systemUserToken: world.ids.accessToken(`system|${id}`),
    adAccountId: world.ids.next('adAccount'),
    businessId: world.ids.next('business'),
    tokenState: 'valid',
    permissions: [...ALL_PERMISSIONS],
    refusals: [],
    subscribedFields: {},
  };
  world.putPage(page);
  const { pageToken, adAccountId, systemUserToken, businessId } = page;
  return jsonAnswer(201, { id, pageToken, adAccountId, systemUserToken, businessId });
}

function changePage({ world, path, body }: ControlCall): ReturnType<typeof jsonAnswer> {
  const page = pageOf(world, path['id'] ?? '');
  world.putPage(Object.assign(page, body));
  return jsonAnswer(200, page);
}

function enforcePolicy({ world, path, body }: ControlCall): ReturnType<typeof jsonAnswer> {
  const page = pageOf(world, path['id'] ?? '');
  const { action, reason = 'The Page has broken a policy.' } = body as { action: PolicyAction; reason?: string };
  const policyAtMs = Math.max(world.clock.nowMs(), (page.policyAtMs ?? 0) + 1);
  const isRestricted = action === 'warning' ? page.isRestricted : action === 'block';
  world.putPage(Object.assign(page, { policyAtMs, isRestricted }));
  emitPolicy(world, page.id, policyAtMs, action, reason);
  return jsonAnswer(200, page);
}

export function pageOf(world: World, id: string): Page {
  const page = world.pages.get(id);
  if (!page) throw new ControlError(404, `there is no Page ${id}`);
  return page;
}

export const PAGE_ROUTES: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: '/__sim/pages',
    summary: 'The Pages with their tokens',
    status: 200,
    answer: { type: 'object', properties: { ...CREATED.properties, ...CREATE.properties } },
    handle: (call) => listAnswer(call, call.world.pages.values(), (page) => page),
  },
  {
    method: 'POST',
    path: '/__sim/pages',
    summary: 'Creates a Page with its own ad account and business',
    body: CREATE,
    status: 201,
    answer: CREATED,
    handle: createPage,
  },
  {
    method: 'PATCH',
    path: '/__sim/pages/{id}',
    summary: 'Changes what the platform thinks of a Page and its tokens',
    body: CHANGE,
    status: 200,
    handle: changePage,
  },
  {
    method: 'POST',
    path: '/__sim/pages/{id}/policy',
    summary: 'Warns a Page, keeps it from sending or lets it send again, and tells its apps',
    body: POLICY,
    status: 200,
    handle: enforcePolicy,
  },
];
