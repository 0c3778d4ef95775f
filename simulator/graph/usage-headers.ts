import type { Page } from '../model/page';
import type { World } from '../model/world';

type Headers = Record<string, string>;

const TIER = 'standard_access';

/** Shown when nothing limits the sends of an account. */
const IDLE_PCT = 1;

/** Headers of an answer to someone whose token is missing or wrong. */
export const UNKNOWN_CALLER_HEADERS: Readonly<Headers> = {
  'facebook-api-version': 'v25.0',
  'x-app-usage': JSON.stringify({ call_count: IDLE_PCT, total_time: IDLE_PCT, total_cputime: IDLE_PCT }),
};

const known = new Map<string, Headers>();

/** Quota headers of an answer: percent of what the app, the business and the ad account may do. */
export function usageHeaders(world: World, page: Page, isAdAccount: boolean): Headers {
  const usedPct = isAdAccount ? usedPctOf(world, page) : IDLE_PCT;
  const key = `${page.id}|${isAdAccount}|${usedPct}`;
  const headers = known.get(key) ?? buildHeaders(page, isAdAccount, usedPct);
  known.set(key, headers);
  return headers;
}

function usedPctOf(world: World, page: Page): number {
  const { sendsPerSecond } = world.settingsOf(page.id);
  if (sendsPerSecond === 0) return IDLE_PCT;
  return Math.min(100, Math.round((100 * world.sendQuota.usedBy(page.adAccountId)) / sendsPerSecond));
}

function buildHeaders(page: Page, isAdAccount: boolean, usedPct: number): Headers {
  const use = {
    type: isAdAccount ? 'ads_management' : 'pages',
    call_count: usedPct,
    total_cputime: IDLE_PCT,
    total_time: IDLE_PCT,
    estimated_time_to_regain_access: 0,
    ...(isAdAccount && { ads_api_access_tier: TIER }),
  };
  const ofAccount = { acc_id_util_pct: usedPct, reset_time_duration: 1, ads_api_access_tier: TIER };
  return {
    'x-business-use-case-usage': JSON.stringify({ [isAdAccount ? page.businessId : page.id]: [use] }),
    ...(isAdAccount && { 'x-ad-account-usage': JSON.stringify(ofAccount) }),
  };
}
