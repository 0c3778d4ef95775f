/** Why a run of an automation ended before its last step. */
export const RUN_REASONS = ['campaign_gone', 'topic_gone', 'no_opt_in', 'opted_out', 'order_called_off'] as const;

/** One of the reasons of a run. */
export type RunReason = (typeof RUN_REASONS)[number];

/** What a step came to. */
export type StepOutcome =
  /** It is over, the next one follows. */
  | { readonly kind: 'next' }
  /** It waits for the person, for a slot, or until a moment; milliseconds (UTC). */
  | {
      readonly kind: 'wait';
      readonly dueAtMs: number | null;
      readonly optInRequestId?: string;
      readonly sendId?: string;
    }
  /** The whole run is over. */
  | { readonly kind: 'end'; readonly state: 'done' | 'expired' | 'failed'; readonly reason: RunReason | null };
