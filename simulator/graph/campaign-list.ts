import type { Campaign } from '../model/campaign';
import type { GraphAnswer, GraphCall } from './call';
import { campaignView, effectiveStatus } from './campaign-view';
import { parseFields, select } from './fields';
import { badParameter } from './graph-error';
import { limitOf, pageAnswer, startOf } from './paging';
import { isObject } from './params';
import { requireSystemToken } from './permissions';

const USUAL_LIMIT = 25;
const MOST_ROWS = 1_000;

type Filter = (campaign: Campaign) => boolean;

/** `GET /act_<A>/ads`: the account's messages, newest first, filtered by name or status. */
export function listCampaigns(call: GraphCall): GraphAnswer {
  requireSystemToken(call);
  const limit = limitOf(call, USUAL_LIMIT, MOST_ROWS);
  const from = startOf(call);
  const filters = readFilters(call);
  const isWanted: Filter = (campaign) => filters.every((filter) => filter(campaign));
  const wanted = call.world.campaigns.ofPage(call.access.page.id).filter(isWanted).reverse();
  const fields = parseFields(call.params.text('fields') ?? 'id');
  const rows = wanted
    .slice(from, from + limit)
    .map((campaign) => select(campaignView('ad', campaign, call.nowMs), fields));
  return pageAnswer(call, { rows, from, to: from + rows.length, hasMore: from + limit < wanted.length });
}

function readFilters(call: GraphCall): Filter[] {
  const filtering = call.params.json('filtering') ?? [];
  if (!Array.isArray(filtering)) throw badParameter('Param filtering must be an array.');
  const filters = (filtering as readonly unknown[]).map((rule) => filterOf(call, rule));
  const asksForDeleted = JSON.stringify(filtering).includes('DELETED');
  return asksForDeleted ? filters : [(campaign) => effectiveStatus(campaign, call.nowMs) !== 'DELETED', ...filters];
}

function filterOf(call: GraphCall, rule: unknown): Filter {
  if (!isObject(rule)) throw badParameter('Param filtering must hold {field, operator, value}.');
  const { field, operator, value } = rule as { field?: unknown; operator?: unknown; value?: unknown };
  const valueOf = readers(call)[String(field)];
  const matches = MATCHERS[String(operator)];
  if (!valueOf || !matches) throw badParameter(`Filtering by ${String(field)} ${String(operator)} is not supported.`);
  return (campaign) => matches(valueOf(campaign), value);
}

function readers(call: GraphCall): Readonly<Record<string, (campaign: Campaign) => string>> {
  const name = (campaign: Campaign): string => campaign.name;
  const status = (campaign: Campaign): string => effectiveStatus(campaign, call.nowMs);
  return {
    name,
    'ad.name': name,
    'adset.name': name,
    'campaign.name': name,
    id: ({ id }) => id,
    'ad.id': ({ id }) => id,
    'adset.id': ({ adSetId }) => adSetId,
    'campaign.id': ({ campaignId }) => campaignId,
    effective_status: status,
    'ad.effective_status': status,
  };
}

const MATCHERS: Readonly<Record<string, (actual: string, wanted: unknown) => boolean>> = {
  EQUAL: (actual, wanted) => actual === wanted,
  CONTAIN: (actual, wanted) => actual.toLowerCase().includes(String(wanted).toLowerCase()),
  STARTS_WITH: (actual, wanted) => actual.startsWith(String(wanted)),
  IN: (actual, wanted) => Array.isArray(wanted) && wanted.includes(actual),
};
