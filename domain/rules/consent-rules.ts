import type { Rule } from './rule';
import { BOTCAKE, MM_FAQ } from './sources';

/** how long a token lives. */
export const TOKEN_LIFE: Rule<{ months: number }> = {
  id: 'R-10',
  title: 'How long a token lives',
  product: 'recurring notification',
  scope: 'person at Page',
  sentence:
    'A daily token of the recurring notifications lives 6 months; a token of paid messages lives until the opt-out.',
  source: BOTCAKE,
  versions: [
    { from: '2022-05-19', to: '2023-08-09', note: 'Six months, then a new opt-in.', params: { months: 6 } },
    { from: '2023-08-10', note: 'No expiry; one token per person and Page.', params: { months: 0 } },
  ],
  enforcedBy: 'domain/delivery/person-checks.ts',
  testedBy: 'test/domain/decide-send.unit.spec.ts',
};

/** marketing needs consent. */
export const CONSENT_FIRST = {
  id: 'R-11',
  title: 'Marketing only to people who opted in',
  product: 'paid message',
  scope: 'person at Page',
  sentence: 'Marketing goes only to someone who opted in and did not stop; they may opt in again.',
  source: MM_FAQ,
  versions: [{ from: '2022-05-19', params: {} }],
  enforcedBy: 'domain/delivery/person-checks.ts',
  testedBy: 'test/domain/decide-send.unit.spec.ts',
} as const satisfies Rule;

/** how an opt-out becomes known. */
export const NO_OPT_OUT_WEBHOOK = {
  id: 'R-12',
  title: 'No opt-out notice can be relied on',
  product: 'paid message',
  scope: 'person at Page',
  sentence:
    'An opt-out is learnt from a send error, the token list or the own opt-out words; a notice is accepted if it comes.',
  source: MM_FAQ,
  versions: [{ from: '2025-07-01', params: { words: ['STOP', 'UNSUBSCRIBE'] } }],
  enforcedBy: 'domain/subscriber/opt-out-words.ts',
  testedBy: 'test/domain/opt-out-words.unit.spec.ts',
} as const satisfies Rule;

/** The words by which anybody opts out at any Page. Source: R-12. */
export const OPT_OUT_WORDS: readonly string[] = NO_OPT_OUT_WEBHOOK.versions[0].params.words;
