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
  | { readonly kind: 'end'; readonly state: 'done' | 'expired' | 'failed'; readonly reason: string | null };
