import type { Campaign } from '../model/campaign';
import { BUSINESS_COUNTRIES, EXCLUDED_REGIONS } from '../model/locations';
import type { Page } from '../model/page';
import { COOL_DOWN_MS, MINUTE_MS } from '../model/periods';
import type { Person } from '../model/person';
import type { Settings } from '../model/settings';
import type { World } from '../model/world';
import { budgetError } from './budget';
import { contentError } from './content-checks';
import { badParameter, GraphError } from './graph-error';

/** A paid send as far as it can be understood before anything is checked. */
export interface SendOrder {
  readonly world: World;
  readonly page: Page;
  readonly settings: Settings;
  readonly nowMs: number;
  readonly messageId: string;
  readonly token: string;
  readonly message: Readonly<Record<string, unknown>>;
  readonly gapSeconds: number | undefined;
  readonly campaign: Campaign | undefined;
  readonly person: Person | undefined;
  readonly priceMinor: number;
}

type Check = (order: SendOrder) => GraphError | undefined;

/** How long a pacing refusal asks to wait. */
const PACING_WAIT_MS = 30 * MINUTE_MS;

/** Every check of a send, in the order in which the platform makes them: the first that fails answers. */
const CHECKS: readonly Check[] = [
  required,
  ofAccount,
  restriction,
  refused(2300039, 2300040),
  refused(2300019, 2300013, 2300066, 2300067, 2300069),
  location,
  refused(2300011, 2300017, 2300056, 2300058, 2300059),
  campaignState,
  schedule,
  readiness,
  subscription,
  stopped,
  region,
  content,
  coolDown,
  refused(2300042, 2300043, 2300044),
  conversationGap,
  reachability,
  budget,
  pacing,
];

/** Why a send is refused, undefined when it is accepted. */
export function refusalOf(order: SendOrder): GraphError | undefined {
  for (const check of CHECKS) {
    const error = check(order);
    if (error) return error;
  }
  return undefined;
}

function required({ messageId, token, message }: SendOrder): GraphError | undefined {
  if (messageId === '') return badParameter('The parameter message_id is required.');
  if (token === '') return badParameter('The parameter messenger_delivery_data[subscription_token] is required.');
  return Object.keys(message).length === 0 ? badParameter('The parameter message is required.') : undefined;
}

function ofAccount({ campaign, page }: SendOrder): GraphError | undefined {
  if (!campaign || campaign.adStatus === 'DELETED') return new GraphError(2300001);
  return campaign.pageId === page.id ? undefined : new GraphError(2300014);
}

/** A refusal that is set for the Page as such, whatever is sent. */
function refused(...codes: readonly number[]): Check {
  return ({ page }) => {
    if (page.refusals.length === 0) return undefined;
    const code = codes.find((candidate) => page.refusals.includes(candidate));
    return code === undefined ? undefined : new GraphError(code);
  };
}

function location({ page }: SendOrder): GraphError | undefined {
  const isAllowed = BUSINESS_COUNTRIES.has(page.country);
  if (!isAllowed || page.refusals.includes(2300030)) return new GraphError(2300030);
  return page.refusals.includes(2300031) ? new GraphError(2300031) : undefined;
}

function campaignState({ campaign }: SendOrder): GraphError | undefined {
  if (campaign?.status !== 'ACTIVE') return new GraphError(2300000);
  if (campaign.adSetStatus !== 'ACTIVE') return new GraphError(2300002);
  return campaign.adStatus === 'ACTIVE' ? undefined : new GraphError(2300003);
}

function schedule({ campaign, nowMs }: SendOrder): GraphError | undefined {
  if (campaign?.endMs !== undefined && nowMs >= campaign.endMs) return new GraphError(2300000);
  return campaign && nowMs < campaign.startMs ? new GraphError(2300033) : undefined;
}

function restriction({ page }: SendOrder): GraphError | undefined {
  return page.isRestricted === true ? new GraphError(2300039) : undefined;
}

function readiness({ campaign, nowMs, page }: SendOrder): GraphError | undefined {
  if (!campaign) return undefined;
  if (nowMs < Math.min(campaign.populatedMs, campaign.readyMs)) return new GraphError(2300012);
  if (nowMs < campaign.readyMs) return new GraphError(2300041);
  return page.refusals.includes(2300028) ? new GraphError(2300028) : undefined;
}

function subscription({ person, page }: SendOrder): GraphError | undefined {
  if (!person?.subscription) return new GraphError(2300004);
  return person.pageId === page.id ? undefined : new GraphError(2300005);
}

function stopped({ person }: SendOrder): GraphError | undefined {
  return person?.subscription?.active ? undefined : new GraphError(2300034);
}

function region({ person }: SendOrder): GraphError | undefined {
  return EXCLUDED_REGIONS.has(person?.region ?? '') ? new GraphError(2300032) : undefined;
}

function content({ message }: SendOrder): GraphError | undefined {
  const code = contentError(message);
  return code === undefined ? undefined : new GraphError(code);
}

function coolDown({ person, nowMs }: SendOrder): GraphError | undefined {
  if (person?.lastPaidMs === undefined) return undefined;
  return wait(2300035, person.lastPaidMs + COOL_DOWN_MS - nowMs);
}

function conversationGap({ person, gapSeconds, nowMs }: SendOrder): GraphError | undefined {
  if (gapSeconds === undefined || person?.lastInboundMs === undefined) return undefined;
  return nowMs - person.lastInboundMs < gapSeconds * 1_000 ? new GraphError(2300052) : undefined;
}

function reachability({ person }: SendOrder): GraphError | undefined {
  return person?.blocked ? new GraphError(2300052) : undefined;
}

function budget({ campaign, page, settings, priceMinor, nowMs }: SendOrder): GraphError | undefined {
  const code = campaign && budgetError(campaign, page, settings.budgetShare, priceMinor, nowMs);
  return code === undefined ? undefined : new GraphError(code);
}

function pacing({ page }: SendOrder): GraphError | undefined {
  const code = [2300055, 2300061, 2300062].find((candidate) => page.refusals.includes(candidate));
  return code === undefined ? undefined : wait(code, PACING_WAIT_MS);
}

function wait(code: number, waitMs: number): GraphError | undefined {
  return waitMs > 0 ? new GraphError(code, { data: { remaining_seconds: Math.ceil(waitMs / 1_000) } }) : undefined;
}
