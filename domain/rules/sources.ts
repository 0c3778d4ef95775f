import type { RuleSource } from './rule';

const META_DOCS = 'https://developers.facebook.com/documentation/business-messaging/messenger-platform';
const MARKETING_MESSAGES = `${META_DOCS}/marketing-messages-on-messenger`;

/** Meta's FAQ on marketing messages. */
export const MM_FAQ: RuleSource = {
  label: "Meta's FAQ on marketing messages, 31 March 2026",
  reference: `${MARKETING_MESSAGES}/faq`,
};

/** Meta's changelog of marketing messages. */
export const MM_CHANGELOG: RuleSource = {
  label: "Meta's changelog of marketing messages, 6 May 2026",
  reference: `${MARKETING_MESSAGES}/changelog`,
};

/** Meta's page on recurring notifications. */
export const RECURRING_NOTIFICATIONS: RuleSource = {
  label: "Meta's page on recurring notifications, read 11 September 2026",
  reference: 'https://developers.facebook.com/docs/messenger-platform/marketing-messages',
};

/** Meta's policy of the Messenger Platform. */
export const MESSENGER_POLICY: RuleSource = {
  label: "Meta's Messenger Platform policy overview, September 2026",
  reference: 'https://developers.facebook.com/docs/messenger-platform/policy/policy-overview',
};

/** Meta's error codes of the Messenger Platform. */
export const MESSENGER_ERRORS: RuleSource = {
  label: "Meta's Messenger Platform error codes, 25 June 2026",
  reference: 'https://developers.facebook.com/docs/messenger-platform/error-codes',
};

/** The help page of a chatbot platform on opt-in requests. */
export const BOTCAKE: RuleSource = {
  label: 'Botcake help page "Marketing messages"',
  reference: 'https://docs.botcake.io/english/cau-hinh/marketing-messages',
};

/** The help page of a chatbot platform on the window and the tags. */
export const CHATBOT_HELP: RuleSource = {
  label: 'Chatbot platform help page "Facebook and Instagram messaging"',
  reference: 'https://docs.botmother.com/article/42064',
};

/** What Herald promises of its own accord. */
export const HOUSE: RuleSource = {
  label: 'House rule',
  reference: 'a person never gets the same message twice',
};
