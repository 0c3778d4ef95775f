import { durationMs } from '../shared/duration';
import type { Rule } from './rule';
import { figuresAt } from './rule';
import { HOUSE, MM_CHANGELOG } from './sources';

const SHOWN_IN = 'test/domain/decide-send.unit.spec.ts';

/** how far two paid messages to a person stand apart. */
export const PAID_SPACING: Rule<{ oneMessagePerLocalDay: boolean }> = {
  id: 'R-08',
  title: 'Spacing of paid messages',
  product: 'paid message',
  scope: 'person at Page',
  sentence: 'Two paid messages to a person stand at least 12 hours apart and, by house rule, on two local days.',
  source: MM_CHANGELOG,
  versions: [
    { from: '2025-07-01', to: '2025-08-10', window: 'PT24H', params: { oneMessagePerLocalDay: true } },
    { from: '2025-08-11', window: 'PT12H', params: { oneMessagePerLocalDay: true } },
  ],
  enforcedBy: 'domain/delivery/next-paid-slot.ts',
  testedBy: 'test/domain/next-paid-slot.unit.spec.ts',
};

/** the old limit of a campaign and a person. */
export const ONCE_PER_CAMPAIGN = {
  id: 'R-19',
  title: 'Once per campaign and person in 90 days',
  product: 'paid message',
  scope: 'campaign and person',
  sentence: 'A campaign reached a person once in 90 days; Meta lifted this on 20 October 2025.',
  source: MM_CHANGELOG,
  versions: [{ from: '2025-07-01', to: '2025-10-19', window: 'P90D', params: {} }],
  testedBy: 'test/domain/rules.unit.spec.ts',
} as const satisfies Rule;

/** Meta's own caps, known only from its refusals. */
export const META_CAPS: Rule<{ unreachableWait: string }> = {
  id: 'R-20',
  title: "Meta's own frequency caps",
  product: 'paid message',
  scope: 'person at Page',
  sentence:
    "Meta's caps on marketing per person cannot be computed; after such a refusal the person is left alone for a day.",
  source: MM_CHANGELOG,
  versions: [
    {
      from: '2026-04-10',
      window: 'PT24H',
      note: 'A person who cannot be reached just now is tried again after an hour, then after a day.',
      params: { unreachableWait: 'PT1H' },
    },
  ],
  enforcedBy: 'domain/delivery/slot-checks.ts',
  testedBy: SHOWN_IN,
};

/** once per content of a campaign. */
export const SAME_CONTENT_ONCE = {
  id: 'R-27',
  title: 'The same content once',
  product: 'campaign',
  scope: 'campaign and person',
  sentence: 'The same content of a campaign goes to a person once.',
  source: HOUSE,
  versions: [{ from: '2025-07-01', params: {} }],
  enforcedBy: 'domain/delivery/campaign-checks.ts',
  testedBy: SHOWN_IN,
} as const satisfies Rule;

/**
 * How far two paid messages to a person stand apart by Meta's rule. Source: R-08.
 *
 * @param nowMs - milliseconds since the Unix epoch
 * @returns milliseconds: 24 hours until 10 August 2025, 12 hours since
 */
export function paidSpacingMs(nowMs: number): number {
  return durationMs(figuresAt(PAID_SPACING, nowMs).window ?? 'PT12H');
}

/**
 * How long a person is left alone after one of Meta's caps. Source: R-20.
 *
 * @param nowMs - milliseconds since the Unix epoch
 * @returns milliseconds
 */
export function metaCapWaitMs(nowMs: number): number {
  return durationMs(figuresAt(META_CAPS, nowMs).window ?? 'PT24H');
}

/**
 * How long a person who cannot be reached just now is left alone the first time. Source: R-20.
 *
 * @param nowMs - milliseconds since the Unix epoch
 * @returns milliseconds
 */
export function unreachableWaitMs(nowMs: number): number {
  return durationMs(figuresAt(META_CAPS, nowMs).params.unreachableWait);
}
