import type { ProfileName } from './settings';

export const FAULT_KINDS = [
  'drop_after_accept',
  '500',
  '503_html',
  'slow',
  'truncated',
  'error_data_string',
  'error',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** Something that goes wrong with matching Graph requests. */
export interface Fault {
  readonly id: string;
  /** Part of the path; `*` stands for anything but a slash. */
  readonly path: string;
  readonly campaignId?: string;
  readonly kind: FaultKind;
  /** Share of the matching requests it strikes, 0–1. */
  readonly share: number;
  /** How many more requests it strikes; absent: no end. */
  timesLeft?: number;
  /** Matching requests seen so far. */
  seen: number;
  /** Error code it answers with. */
  readonly code?: number;
  /** Wall time a slow answer takes, milliseconds. */
  readonly delayMs?: number;
}

/** Faults that come with a profile: what may happen to a paid message's request and its answer. */
export const PROFILE_FAULTS: Partial<Record<ProfileName, readonly Pick<Fault, 'kind' | 'share'>[]>> = {
  flaky: [
    { kind: 'drop_after_accept', share: 0.01 },
    { kind: '500', share: 0.01 },
    { kind: '503_html', share: 0.01 },
    { kind: 'slow', share: 0.001 },
    { kind: 'truncated', share: 0.01 },
    { kind: 'error_data_string', share: 0.002 },
  ],
};

/** The requests that `PROFILE_FAULTS` strike. */
export const PAID_MESSAGES = '/act_*/messages';
