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
