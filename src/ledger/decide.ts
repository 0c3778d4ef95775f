import type { CampaignReason } from '../../domain/campaign/campaign-transitions';
import { decideSend } from '../../domain/delivery/decide-send';
import type { SendDecision } from '../../domain/delivery/send-decision';
import type { PageRestriction, Purpose, SendFacts } from '../../domain/delivery/send-facts';
import type { CampaignRecord } from './campaign-record';
import type { PersonRecord, RestrictedBy } from './people';

/** What a decision needs beside campaign and person. */
export interface Choice {
  readonly lane: 'paid' | 'window';
  readonly purpose: string;
  /** Meta reported the same message as delivered after a failure; it must not go again. */
  readonly alreadySent?: boolean;
  readonly contentProblem: string | null;
  readonly whenSlotTaken: 'hold' | 'refuse';
  /** What the budget can still pay, minor units; null where nothing is paid for. */
  readonly remainingMinor: number | null;
  /** R-13's floor where the campaign's readiness is not checked elsewhere, milliseconds (UTC). */
  readonly readyAtMs: number | null;
}

/** The Page's restriction as rules see it. */
export const restrictionOf = (page: { readonly restriction: RestrictedBy | null }): PageRestriction | null =>
  page.restriction === null
    ? null
    : { subject: subjectOf(page.restriction), permanent: false, reason: null, untilMs: null };

const subjectOf = (restriction: RestrictedBy): PageRestriction['subject'] => {
  switch (restriction) {
    case 'page_blocked':
      return 'page';
    case 'app_blocked':
      return 'app';
    case 'account_blocked':
      return 'account';
  }
};

/** The facts of one message to one person, for every place that decides. */
function factsOf(campaign: CampaignRecord, person: PersonRecord, choice: Choice): SendFacts {
  return {
    lane: choice.lane,
    campaign: {
      state: campaign.state,
      reason: campaign.reason as CampaignReason | null,
      hidden: campaign.hidden,
      startAtMs: campaign.startAtMs,
      endAtMs: campaign.endAtMs,
      readyAtMs: choice.readyAtMs,
    },
    page: {
      restriction: restrictionOf({ restriction: person.pageRestriction }),
      platform: campaign.page.platform,
      country: campaign.page.country,
      timeZone: campaign.page.timeZone,
      oneMessagePerLocalDay: campaign.page.oneMessagePerLocalDay,
    },
    person,
    content: { purpose: choice.purpose as Purpose, problem: choice.contentProblem },
    alreadyChosen: choice.alreadySent ?? false,
    budget: budgetFacts(campaign, choice.remainingMinor),
    whenSlotTaken: choice.whenSlotTaken,
    whenBudgetUsedUp: campaign.whenBudgetUsedUp,
  };
}

function budgetFacts(campaign: CampaignRecord, remainingMinor: number | null): SendFacts['budget'] {
  if (campaign.budget === null || remainingMinor === null) return null;
  return {
    kind: campaign.budget.type,
    remainingMinor,
    unitCostMinor: campaign.unitCostMinor ?? 0,
    currency: campaign.budget.currency,
    nextBudgetDayAtMs: null,
  };
}

/** Asks the rules about one message to one person. */
export const decide = (campaign: CampaignRecord, person: PersonRecord, choice: Choice, nowMs: number): SendDecision =>
  decideSend(factsOf(campaign, person, choice), nowMs);
