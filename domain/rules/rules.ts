import {
  ANY_NUMBER_OF_CAMPAIGNS,
  CAMPAIGN_READINESS,
  CONTENT_PER_PERSON,
  INSIDE_THE_SCHEDULE,
  PAID_MESSAGES_EXIST,
} from './campaign-rules';
import { CONSENT_FIRST, NO_OPT_OUT_WEBHOOK, TOKEN_LIFE } from './consent-rules';
import {
  RECURRING_NOTIFICATION_SPACING,
  RECURRING_NOTIFICATIONS_CLOSED,
  SPONSORED_MESSAGES_ENDED,
} from './legacy-rules';
import { BUDGET_IS_A_LIMIT, PAYMENT_PAUSES_THE_CAMPAIGN, PAY_FOR_DELIVERED } from './money-rules';
import {
  INSTAGRAM_REQUEST_LIMITS,
  ONE_REQUEST_PER_TITLE,
  OPT_IN_OPENS_NOTHING,
  PENDING_IS_INVISIBLE,
  REQUESTS_STATE_DIFFERENT_KINDS,
  REQUEST_IN_WINDOW,
  WHAT_IS_A_DUPLICATE,
} from './opt-in-rules';
import { REGIONS, RESTRICTED_PAGE } from './page-rules';
import type { Rule, RuleId, RuleVersion } from './rule';
import { versionAt } from './rule';
import { META_CAPS, ONCE_PER_CAMPAIGN, PAID_SPACING, SAME_CONTENT_ONCE } from './spacing-rules';
import {
  HUMAN_AGENT_WINDOW,
  REPLY_OPENS_WINDOW,
  STANDARD_WINDOW,
  TAGS_CARRY_NO_PROMOTION,
  THREE_TAGS,
} from './window-rules';

const BY_ID: Readonly<Record<RuleId, Rule>> = {
  'R-01': REQUEST_IN_WINDOW,
  'R-02': OPT_IN_OPENS_NOTHING,
  'R-03': ONE_REQUEST_PER_TITLE,
  'R-04': WHAT_IS_A_DUPLICATE,
  'R-05': INSTAGRAM_REQUEST_LIMITS,
  'R-06': REQUESTS_STATE_DIFFERENT_KINDS,
  'R-07': PENDING_IS_INVISIBLE,
  'R-08': PAID_SPACING,
  'R-09': RECURRING_NOTIFICATION_SPACING,
  'R-10': TOKEN_LIFE,
  'R-11': CONSENT_FIRST,
  'R-12': NO_OPT_OUT_WEBHOOK,
  'R-13': CAMPAIGN_READINESS,
  'R-14': BUDGET_IS_A_LIMIT,
  'R-15': PAY_FOR_DELIVERED,
  'R-16': INSIDE_THE_SCHEDULE,
  'R-17': REPLY_OPENS_WINDOW,
  'R-18': REGIONS,
  'R-19': ONCE_PER_CAMPAIGN,
  'R-20': META_CAPS,
  'R-21': TAGS_CARRY_NO_PROMOTION,
  'R-22': HUMAN_AGENT_WINDOW,
  'R-23': ANY_NUMBER_OF_CAMPAIGNS,
  'R-24': CONTENT_PER_PERSON,
  'R-25': RESTRICTED_PAGE,
  'R-26': PAYMENT_PAUSES_THE_CAMPAIGN,
  'R-27': SAME_CONTENT_ONCE,
  'R-28': THREE_TAGS,
  'R-29': RECURRING_NOTIFICATIONS_CLOSED,
  'R-30': PAID_MESSAGES_EXIST,
  'R-31': SPONSORED_MESSAGES_ENDED,
  'R-32': STANDARD_WINDOW,
};

/** All rules, in the order of their ids. */
export const RULES: readonly Rule[] = Object.values(BY_ID);

/**
 * The rule of an id.
 *
 * @param id - for example `R-08`
 */
export function ruleById(id: RuleId): Rule {
  return BY_ID[id];
}

/**
 * Whether a text is the id of a rule.
 *
 * @param text - for example a path parameter
 */
export function isRuleId(text: string): text is RuleId {
  return Object.hasOwn(BY_ID, text);
}

/**
 * The version of a rule in force at a moment.
 *
 * @param id - for example `R-08`
 * @param atMs - milliseconds since the Unix epoch
 * @returns the version, or null when the rule is not in force then
 */
export function ruleAt(id: RuleId, atMs: number): RuleVersion | null {
  return versionAt(ruleById(id), atMs);
}
