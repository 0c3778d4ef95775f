import { isBusinessCountry, isExcludedRecipient } from '../rules/page-rules';
import { ruleAt } from '../rules/rules';
import { WINDOW_MS } from '../rules/window-rules';
import { isoTime, isoTimeOrNull } from '../shared/iso-time';
import type { SendCheck } from './send-decision';
import { refuse } from './send-decision';

/** paid messages have a beginning, and exist on Messenger only. */
export const paidExists: SendCheck = ({ page }, nowMs) => {
  if (page.platform !== 'messenger') return refuse('R-30', { platform: page.platform, availableOn: 'messenger' });
  return ruleAt('R-30', nowMs) === null ? refuse('R-30', { at: isoTime(nowMs) }) : null;
};

/** consent, and a token that lives. */
export const consentAndToken: SendCheck = ({ person }, nowMs) => {
  const facts = { consent: person.consent, consentAt: isoTimeOrNull(person.consentAtMs) };
  if (person.consent !== 'granted') return refuse('R-11', facts);
  if (person.token === null) return refuse('R-11', { ...facts, token: 'none' });
  if (person.token.state === 'ended') return refuse('R-11', { ...facts, token: 'ended' });
  const { expiresAtMs } = person.token;
  if (expiresAtMs === null || nowMs < expiresAtMs) return null;
  return refuse('R-11', { ...facts, token: 'expired', tokenExpiredAt: isoTime(expiresAtMs) });
};

/** R-11 inside the window: whoever stopped marketing still gets answers, but no marketing. */
export const noMarketingToLeavers: SendCheck = ({ person, content }) => {
  if (content.purpose !== 'promotional' || person.consent !== 'revoked') return null;
  const consentAt = isoTimeOrNull(person.consentAtMs);
  return refuse('R-11', { consent: person.consent, consentAt, purpose: content.purpose });
};

/** where the business is, and where the person is. */
export const region: SendCheck = ({ page, person }, nowMs) => {
  if (!isBusinessCountry(page.country, nowMs)) return refuse('R-18', { pageCountry: page.country });
  return isExcludedRecipient(person.region, nowMs) ? refuse('R-18', { region: person.region }) : null;
};

/** content that lacks something for this person. */
export const content: SendCheck = ({ content: { problem, purpose } }) =>
  problem === null ? null : refuse('R-24', { problem, purpose });

/** without a tag only inside the open window. */
export const openWindow: SendCheck = ({ person, content: { purpose } }, nowMs) => {
  if (person.windowUntilMs !== null && nowMs < person.windowUntilMs) return null;
  const lastActionAt = person.windowUntilMs === null ? null : isoTime(person.windowUntilMs - WINDOW_MS);
  return refuse('R-32', { windowUntil: isoTimeOrNull(person.windowUntilMs), lastActionAt, purpose });
};
