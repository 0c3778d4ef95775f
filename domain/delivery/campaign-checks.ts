import type { CampaignReason } from '../campaign/campaign-transitions';
import { isFinal } from '../campaign/campaign-transitions';
import type { RuleId } from '../rules/rule';
import { isoTime, isoTimeOrNull } from '../shared/iso-time';
import type { Objection, SendCheck } from './send-decision';
import { holdFor, refuse } from './send-decision';
import type { SendFacts } from './send-facts';

/** The rule behind each reason for a pause; a pause by request has none of its own and speaks of the schedule. */
const RULE_OF_PAUSE: Partial<Record<CampaignReason, RuleId>> = {
  page_restricted: 'R-25',
  account: 'R-25',
  payment: 'R-26',
  content: 'R-24',
  not_ready: 'R-13',
};

/** First of all: the campaign's state. */
export const campaignState: SendCheck = ({ campaign }, nowMs) => {
  if (campaign.hidden) return null;
  const facts = { campaignState: campaign.state, reason: campaign.reason };
  if (isFinal(campaign.state)) return refuse('R-16', { ...facts, endAt: isoTimeOrNull(campaign.endAtMs) });
  if (campaign.state === 'paused') {
    return holdFor('campaign', RULE_OF_PAUSE[campaign.reason ?? 'paused_by_request'] ?? 'R-16', facts, null);
  }
  if (campaign.state === 'draft' || campaign.state === 'scheduled') {
    const allowedAtMs = Math.max(campaign.startAtMs, nowMs);
    return holdFor('campaign', 'R-16', { ...facts, startAt: isoTime(campaign.startAtMs) }, allowedAtMs);
  }
  return null;
};

/** everything of a restricted Page pauses. */
export const pageIsFree: SendCheck = (facts) => {
  const { restriction } = facts.page;
  if (restriction === null) return null;
  const seen = {
    subject: restriction.subject,
    permanent: restriction.permanent,
    reason: restriction.reason,
    until: isoTimeOrNull(restriction.untilMs),
    remedy: 'Page Settings, Page Support Inbox',
  };
  const pauses = !restriction.permanent && (!facts.campaign.hidden || facts.whenSlotTaken === 'hold');
  return pauses ? holdFor('page', 'R-25', seen, restriction.untilMs) : refuse('R-25', seen, restriction.untilMs);
};

/** not before the start, not before the campaign is ready, not after the end. */
export const schedule: SendCheck = (facts, nowMs) => {
  if (facts.campaign.hidden) return null;
  return afterTheEnd(facts, nowMs) ?? beforeTheStart(facts, nowMs);
};

function afterTheEnd({ campaign }: SendFacts, nowMs: number): Objection | null {
  if (campaign.endAtMs === null || nowMs < campaign.endAtMs) return null;
  return refuse('R-16', { endAt: isoTime(campaign.endAtMs), campaignState: campaign.state });
}

function beforeTheStart({ campaign }: SendFacts, nowMs: number): Objection | null {
  if (nowMs < campaign.startAtMs) {
    return holdFor('campaign', 'R-16', { startAt: isoTime(campaign.startAtMs) }, campaign.startAtMs);
  }
  if (campaign.readyAtMs === null || nowMs >= campaign.readyAtMs) return null;
  return holdFor('campaign', 'R-13', { readyAt: isoTime(campaign.readyAtMs) }, campaign.readyAtMs);
}

/** the same content of a campaign once; content of single messages is new each time. */
export const notTwice: SendCheck = ({ alreadyChosen }) =>
  alreadyChosen ? refuse('R-27', { alreadySent: true }) : null;
