import { durationMs } from '../shared/duration';
import type { Rule } from './rule';
import { figuresAt, versionAt } from './rule';
import { CHATBOT_HELP, MESSENGER_ERRORS, MESSENGER_POLICY, MM_FAQ } from './sources';

/** The day the window of 24 hours and the tags of today came into force. */
const NEW_POLICY = '2020-03-04';
const LANES = 'domain/delivery/explain-eligibility.ts';
const LANES_SHOWN = 'test/domain/explain-eligibility.unit.spec.ts';

/** a reply to marketing is a user action. */
export const REPLY_OPENS_WINDOW = {
  id: 'R-17',
  title: 'A reply opens the window',
  product: 'paid message',
  scope: 'person at Page',
  sentence: 'A reply to a marketing message opens the 24-hour window.',
  source: MM_FAQ,
  versions: [{ from: '2025-07-01', window: 'PT24H', params: {} }],
  enforcedBy: 'domain/subscriber/window.ts',
  testedBy: 'test/domain/window.unit.spec.ts',
} as const satisfies Rule;

/** tags carry no promotion. */
export const TAGS_CARRY_NO_PROMOTION = {
  id: 'R-21',
  title: 'No promotion under a tag',
  product: 'tagged message',
  scope: 'message',
  sentence: 'A tagged message carries no promotion, and suspicious links are warned about.',
  source: CHATBOT_HELP,
  versions: [{ from: NEW_POLICY, params: {} }],
  enforcedBy: LANES,
  testedBy: LANES_SHOWN,
} as const satisfies Rule;

/** how long a person may be answered by a human or asked for feedback. */
export const HUMAN_AGENT_WINDOW = {
  id: 'R-22',
  title: 'Seven days for people and feedback',
  product: 'tagged message',
  scope: 'person at Page',
  sentence: "HUMAN_AGENT and CUSTOMER_FEEDBACK go out within 7 days of the person's last message.",
  source: CHATBOT_HELP,
  versions: [{ from: NEW_POLICY, window: 'P7D', params: {} }],
  enforcedBy: LANES,
  testedBy: LANES_SHOWN,
} as const satisfies Rule;

/** the three tags that ended. */
export const THREE_TAGS: Rule<{ tags: readonly string[]; live: boolean }> = {
  id: 'R-28',
  title: 'Three tags have ended',
  product: 'tagged message',
  scope: 'message',
  sentence:
    'CONFIRMED_EVENT_UPDATE, POST_PURCHASE_UPDATE and ACCOUNT_UPDATE are refused since 27 April 2026; HUMAN_AGENT is never sent by an automation.',
  source: MESSENGER_ERRORS,
  versions: [
    {
      from: NEW_POLICY,
      to: '2026-04-26',
      note: 'The FAQ had named 12 January 2026; errors came on 27 April 2026.',
      params: { tags: ['CONFIRMED_EVENT_UPDATE', 'POST_PURCHASE_UPDATE', 'ACCOUNT_UPDATE'], live: true },
    },
    {
      from: '2026-04-27',
      note: 'Utility messages take their place.',
      params: { tags: ['CONFIRMED_EVENT_UPDATE', 'POST_PURCHASE_UPDATE', 'ACCOUNT_UPDATE'], live: false },
    },
  ],
  enforcedBy: LANES,
  testedBy: LANES_SHOWN,
};

/** the standard window. */
export const STANDARD_WINDOW = {
  id: 'R-32',
  title: 'The 24-hour window',
  product: 'standard messaging',
  scope: 'person at Page',
  sentence:
    "A message without tag goes out within 24 hours of one of the person's actions; promotion is allowed inside.",
  source: MESSENGER_POLICY,
  versions: [{ from: NEW_POLICY, window: 'PT24H', params: {} }],
  enforcedBy: 'domain/delivery/person-checks.ts',
  testedBy: 'test/domain/decide-send.unit.spec.ts',
} as const satisfies Rule;

/** How long an action of a person keeps the window open, in milliseconds. Source: R-32. */
export const WINDOW_MS = durationMs(STANDARD_WINDOW.versions[0].window);

/** How long after a person's last message a human may answer, in milliseconds. Source: R-22. */
export const HUMAN_AGENT_MS = durationMs(HUMAN_AGENT_WINDOW.versions[0].window);

/**
 * The day the three tags ended, if they have by then. Source: R-28.
 *
 * @param nowMs - milliseconds since the Unix epoch
 * @returns `YYYY-MM-DD`, or null while they live
 */
export function threeTagsEndedOn(nowMs: number): string | null {
  const version = versionAt(THREE_TAGS, nowMs) ?? figuresAt(THREE_TAGS, nowMs);
  return version.params.live ? null : version.from;
}
