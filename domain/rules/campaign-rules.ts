import { durationMs } from '../shared/duration';
import type { Rule } from './rule';
import { figuresAt } from './rule';
import { MM_CHANGELOG, MM_FAQ } from './sources';

const SHOWN_IN = 'test/domain/decide-send.unit.spec.ts';

interface ReadinessParams {
  readonly [name: string]: string | Readonly<Record<string, string>>;
  readonly createBeforeStart: string;
  readonly afterCreation: string;
  readonly afterActivation: string;
  readonly alarmAfter: string;
  readonly probeAgainAfter: string;
  readonly probeAgainAfterCode: Readonly<Record<string, string>>;
}

const READINESS: ReadinessParams = {
  createBeforeStart: 'PT24H',
  afterCreation: 'PT60M',
  afterActivation: 'PT10M',
  alarmAfter: 'PT4H',
  probeAgainAfter: 'PT5M',
  probeAgainAfterCode: { '2300012': 'PT5M', '2300041': 'PT5M', '2300003': 'PT5M', '2300028': 'PT60M' },
};

/** a new campaign waits before its first send. */
export const CAMPAIGN_READINESS: Rule<ReadinessParams> = {
  id: 'R-13',
  title: 'A new campaign waits',
  product: 'campaign',
  scope: 'campaign',
  sentence:
    'A campaign sends nothing before 60 minutes after its creation and 10 minutes after its activation, then tries one message and backs off by code.',
  source: MM_FAQ,
  versions: [
    { from: '2025-07-01', to: '2026-05-04', params: READINESS },
    { from: '2026-05-05', note: 'Meta enforces an hour for every campaign; 139 minutes were seen.', params: READINESS },
  ],
  enforcedBy: 'domain/campaign/readiness.ts',
  testedBy: 'test/domain/readiness.unit.spec.ts',
};

/** nothing outside the schedule. */
export const INSIDE_THE_SCHEDULE = {
  id: 'R-16',
  title: 'Nothing after the schedule',
  product: 'campaign',
  scope: 'campaign',
  sentence: "After the end of a campaign's schedule nothing is sent, and the attempt is refused.",
  source: MM_FAQ,
  versions: [
    { from: '2025-07-01', to: '2026-04-09', params: {} },
    { from: '2026-04-10', note: 'Meta enforces the end time itself.', params: {} },
  ],
  enforcedBy: 'domain/delivery/campaign-checks.ts',
  testedBy: SHOWN_IN,
} as const satisfies Rule;

/** any number of campaigns. */
export const ANY_NUMBER_OF_CAMPAIGNS = {
  id: 'R-23',
  title: 'Any number of campaigns',
  product: 'campaign',
  scope: 'Page',
  sentence: 'No number of campaigns per Page is forbidden.',
  source: MM_FAQ,
  versions: [{ from: '2025-07-01', params: {} }],
  testedBy: 'test/domain/rules.unit.spec.ts',
} as const satisfies Rule;

/** who may get content of their own. */
export const CONTENT_PER_PERSON = {
  id: 'R-24',
  title: 'Own content per person',
  product: 'campaign',
  scope: 'message',
  sentence:
    'Direct send may differ per person, and what it lacks for a person is refused; campaign send is the same for all.',
  source: MM_FAQ,
  versions: [{ from: '2025-07-01', params: {} }],
  enforcedBy: 'domain/delivery/person-checks.ts',
  testedBy: SHOWN_IN,
} as const satisfies Rule;

/** paid messages and where they exist. */
export const PAID_MESSAGES_EXIST: Rule<{
  platforms: readonly string[];
  pacingWait: string;
  callRateWait: string;
  passingWait: string;
}> = {
  id: 'R-30',
  title: 'Paid messages since July 2025',
  product: 'paid message',
  scope: 'Page',
  sentence: 'Paid messages exist since 1 July 2025, on Messenger only, and go out as fast as rate and budget allow.',
  source: MM_CHANGELOG,
  versions: [
    {
      from: '2025-07-01',
      note: 'Where Meta slows down and names no time: half an hour after pacing, a minute after the call rate; a minute after a refusal that passes or that nobody knows.',
      params: { platforms: ['messenger'], pacingWait: 'PT30M', callRateWait: 'PT1M', passingWait: 'PT1M' },
    },
  ],
  enforcedBy: 'domain/delivery/person-checks.ts',
  testedBy: SHOWN_IN,
};

/** The waits of a new campaign, in milliseconds. */
export interface ReadinessWaits {
  readonly createBeforeStartMs: number;
  readonly afterCreationMs: number;
  readonly afterActivationMs: number;
  readonly alarmAfterMs: number;
}

/**
 * How long a new campaign waits. Source: R-13.
 *
 * @param nowMs - milliseconds since the Unix epoch
 */
export function readinessWaits(nowMs: number): ReadinessWaits {
  const { params } = figuresAt(CAMPAIGN_READINESS, nowMs);
  return {
    createBeforeStartMs: durationMs(params.createBeforeStart),
    afterCreationMs: durationMs(params.afterCreation),
    afterActivationMs: durationMs(params.afterActivation),
    alarmAfterMs: durationMs(params.alarmAfter),
  };
}

/**
 * How long to wait after Meta said "not ready". Source: R-13.
 *
 * @param code - Meta's code, null when the campaign's status said it
 * @param nowMs - milliseconds since the Unix epoch
 * @returns milliseconds until the next probe
 */
export function probeAgainMs(code: number | null, nowMs: number): number {
  const { params } = figuresAt(CAMPAIGN_READINESS, nowMs);
  return durationMs(params.probeAgainAfterCode[String(code)] ?? params.probeAgainAfter);
}

/**
 * How long to wait after Meta's pacing that names no time. Source: R-30.
 *
 * @param nowMs - milliseconds since the Unix epoch
 * @returns milliseconds
 */
export function pacingWaitMs(nowMs: number): number {
  return durationMs(figuresAt(PAID_MESSAGES_EXIST, nowMs).params.pacingWait);
}

/**
 * How long to wait after the call rate was too high and Meta names no time. Source: R-30.
 *
 * @param nowMs - milliseconds since the Unix epoch
 * @returns milliseconds
 */
export function callRateWaitMs(nowMs: number): number {
  return durationMs(figuresAt(PAID_MESSAGES_EXIST, nowMs).params.callRateWait);
}

/**
 * How long to wait after a refusal that passes, or that nobody knows, where Meta names no time. Source: R-30.
 *
 * @param nowMs - milliseconds since the Unix epoch
 * @returns milliseconds
 */
export function passingWaitMs(nowMs: number): number {
  return durationMs(figuresAt(PAID_MESSAGES_EXIST, nowMs).params.passingWait);
}
