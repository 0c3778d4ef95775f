import type { Campaign } from '../model/campaign';
import { BUSINESS_COUNTRIES } from '../model/locations';
import { MINUTE_MS } from '../model/periods';
import type { GraphAnswer, GraphCall } from './call';
import { readSchedule } from './campaign-schedule';
import { badParameter, GraphError } from './graph-error';
import { requirePermission, requireSystemToken } from './permissions';

/** Without a budget the platform sets a daily cap worth this many messages. */
const ESTIMATED_DAILY_MESSAGES = 1_000;

/** What a Page may be refused for when it creates a campaign: terms and location. */
const CREATION_REFUSALS = new Set([2300013, 2300019, 2300030, 2300031, 2300066, 2300067, 2300069]);

interface Budget {
  readonly dailyBudget?: number;
  readonly lifetimeBudget?: number;
  readonly info?: string;
}

/** `POST /act_<A>/message_campaign`: campaign, ad set and ad in one call; the ad's id is the message id. */
export function createCampaign(call: GraphCall): GraphAnswer {
  requireSystemToken(call);
  requirePermission(call, 'paid_marketing_messages');
  const { world, access } = call;
  const { page } = access;
  if (!world.creationQuota.take(page.adAccountId, world.settingsOf(page.id).campaignsPerMinute)) {
    throw new GraphError(2300079);
  }
  checkPage(call);
  const name = call.params.text('name');
  if (!name) throw badParameter('The parameter name is required.');
  const { info, ...budget } = readBudget(call);
  const campaign = buildCampaign(call, name, budget);
  world.campaigns.add(campaign);
  return { id: campaign.id, ...(info !== undefined && { info }) };
}

function checkPage(call: GraphCall): void {
  const { page } = call.access;
  const pageId = call.params.text('page_id');
  if (!pageId) throw new GraphError(2300065);
  if (pageId !== page.id) throw new GraphError(2300039);
  const refusal = page.refusals.find((code) => CREATION_REFUSALS.has(code));
  if (refusal !== undefined) throw new GraphError(refusal);
  if (!BUSINESS_COUNTRIES.has(page.country)) throw new GraphError(2300030);
}

function readBudget(call: GraphCall): Budget {
  const dailyBudget = positive(call, 'daily_budget');
  const lifetimeBudget = positive(call, 'lifetime_budget');
  if (dailyBudget !== undefined && lifetimeBudget !== undefined) {
    throw badParameter('Use either daily_budget or lifetime_budget.');
  }
  if (dailyBudget !== undefined) return { dailyBudget };
  if (lifetimeBudget !== undefined) return { lifetimeBudget };
  const estimated = ESTIMATED_DAILY_MESSAGES * call.world.settingsOf(call.access.page.id).unitPriceMinor;
  return { dailyBudget: estimated, info: `No budget was given: an estimated daily cap of ${estimated} applies.` };
}

function buildCampaign(call: GraphCall, name: string, budget: Omit<Budget, 'info'>): Campaign {
  const { world, access, nowMs } = call;
  const { populationMinutes, notReadyMinutes } = world.settingsOf(access.page.id);
  const populatedMs = nowMs + populationMinutes * MINUTE_MS;
  const bidAmount = positive(call, 'bid_amount');
  const pixelId = call.params.text('pixel_id');
  return {
    id: world.ids.next('ad'),
    adSetId: world.ids.next('adSet'),
    campaignId: world.ids.next('campaign'),
    creativeId: world.ids.next('creative'),
    pageId: access.page.id,
    createdMs: nowMs,
    name,
    ...budget,
    ...(bidAmount !== undefined && { bidAmount }),
    ...(pixelId !== undefined && { pixelId }),
    ...readSchedule(call, budget.lifetimeBudget !== undefined),
    populatedMs,
    readyMs: populatedMs + notReadyMinutes * MINUTE_MS,
    status: 'ACTIVE',
    adSetStatus: 'ACTIVE',
    adStatus: 'ACTIVE',
    spentMinor: 0,
    reservedMinor: 0,
    days: {},
  };
}

function positive(call: GraphCall, name: string): number | undefined {
  const value = call.params.integer(name);
  if (value !== undefined && value <= 0) throw badParameter(`Param ${name} must be greater than 0.`);
  return value;
}
