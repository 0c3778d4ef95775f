import { durationMs } from '../shared/duration';
import type { Rule } from './rule';
import { figuresAt } from './rule';
import { BOTCAKE, RECURRING_NOTIFICATIONS } from './sources';

/** The day Meta launched opt-in requests, with recurring notifications. */
const LAUNCH = '2022-05-19';
const DECIDED_IN = 'domain/subscriber/decide-opt-in-request.ts';
const SHOWN_IN = 'test/domain/decide-opt-in-request.unit.spec.ts';

/** a request needs the open window. */
export const REQUEST_IN_WINDOW = {
  id: 'R-01',
  title: 'Opt-in requests only in the open window',
  product: 'opt-in request',
  scope: 'person at Page',
  sentence: 'A person is asked to opt in only while their 24-hour window is open.',
  source: BOTCAKE,
  versions: [{ from: LAUNCH, window: 'PT24H', params: {} }],
  enforcedBy: DECIDED_IN,
  testedBy: SHOWN_IN,
} as const satisfies Rule;

/** an opt-in is not an action that opens the window. */
export const OPT_IN_OPENS_NOTHING = {
  id: 'R-02',
  title: 'Opting in does not open the window',
  product: 'opt-in request',
  scope: 'person at Page',
  sentence: 'Opting in does not open the 24-hour window.',
  source: BOTCAKE,
  versions: [{ from: LAUNCH, params: {} }],
  enforcedBy: 'domain/subscriber/window.ts',
  testedBy: 'test/domain/window.unit.spec.ts',
} as const satisfies Rule;

/** the same title again only after seven days. */
export const ONE_REQUEST_PER_TITLE = {
  id: 'R-03',
  title: 'One request per title in seven days',
  product: 'opt-in request',
  scope: 'person at Page and title',
  sentence: 'A person is asked once per title in 7 days, and the default title counts as a title.',
  source: BOTCAKE,
  versions: [{ from: LAUNCH, window: 'P7D', params: { defaultTitle: 'Updates and promotions' } }],
  enforcedBy: DECIDED_IN,
  testedBy: SHOWN_IN,
} as const satisfies Rule;

/** what makes two requests the same. */
export const WHAT_IS_A_DUPLICATE = {
  id: 'R-04',
  title: 'What counts as the same request',
  product: 'opt-in request',
  scope: 'person at Page and title',
  sentence: 'Requests are duplicates by title on Messenger, and by title and image on Instagram.',
  source: BOTCAKE,
  versions: [{ from: LAUNCH, params: { messenger: ['title'], instagram: ['title', 'imageUrl'] } }],
  enforcedBy: DECIDED_IN,
  testedBy: SHOWN_IN,
} as const satisfies Rule;

/** how many titles Instagram allows. */
export const INSTAGRAM_REQUEST_LIMITS: Rule<{ perWindow: number; perDay: number; day: string }> = {
  id: 'R-05',
  title: 'How many requests Instagram allows',
  product: 'opt-in request',
  scope: 'person at Page',
  sentence: 'On Instagram a person gets requests of at most 10 titles in 7 days and of at most 5 in a day.',
  source: BOTCAKE,
  versions: [{ from: LAUNCH, window: 'P7D', params: { perWindow: 10, perDay: 5, day: 'PT24H' } }],
  enforcedBy: DECIDED_IN,
  testedBy: SHOWN_IN,
};

/** several requests must differ in what they offer. */
export const REQUESTS_STATE_DIFFERENT_KINDS = {
  id: 'R-06',
  title: 'Several requests state different kinds',
  product: 'opt-in request',
  scope: 'person at Page',
  sentence: 'Several requests to one person state different kinds of messages.',
  source: BOTCAKE,
  versions: [
    {
      from: LAUNCH,
      window: 'P7D',
      note: 'The source names no time; here a request is compared with those of the last 7 days.',
      params: {},
    },
  ],
  enforcedBy: DECIDED_IN,
  testedBy: SHOWN_IN,
} as const satisfies Rule;

/** nobody can ask Meta what became of a request. */
export const PENDING_IS_INVISIBLE = {
  id: 'R-07',
  title: 'A pending request cannot be read',
  product: 'opt-in request',
  scope: 'person at Page',
  sentence: 'The state of a pending request cannot be read; only the opt-in itself is seen.',
  source: RECURRING_NOTIFICATIONS,
  versions: [{ from: LAUNCH, params: {} }],
  enforcedBy: DECIDED_IN,
  testedBy: SHOWN_IN,
} as const satisfies Rule;

/** How long the same title may not be asked again, in milliseconds. Source: R-03. */
export const OPT_IN_COOLDOWN_MS = durationMs(ONE_REQUEST_PER_TITLE.versions[0].window);

/** How long a request is compared with later ones by its kinds, in milliseconds. Source: R-06. */
export const KINDS_COMPARED_MS = durationMs(REQUESTS_STATE_DIFFERENT_KINDS.versions[0].window);

/** The title Meta shows when a request has none. Source: R-03. */
export const DEFAULT_TITLE = ONE_REQUEST_PER_TITLE.versions[0].params.defaultTitle;

/** How many titles Instagram allows in which time. */
export interface InstagramRequestLimit {
  readonly titles: number;
  readonly withinMs: number;
}

/**
 * The limits of requests on Instagram. Source: R-05.
 *
 * @param nowMs - milliseconds since the Unix epoch
 * @returns the limit of the day and the limit of the week
 */
export function instagramRequestLimits(nowMs: number): InstagramRequestLimit[] {
  const { params, window = 'P7D' } = figuresAt(INSTAGRAM_REQUEST_LIMITS, nowMs);
  return [
    { titles: params.perDay, withinMs: durationMs(params.day) },
    { titles: params.perWindow, withinMs: durationMs(window) },
  ];
}
