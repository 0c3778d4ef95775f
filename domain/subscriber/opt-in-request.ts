import type { PageRestriction, Platform, WhenNotNow } from '../delivery/send-facts';
import type { RuleId } from '../rules/rule';
import type { DecisionFacts } from '../shared/facts';

/** A kind of messages that a topic promises. */
export type TopicKind = 'order_updates' | 'recommendations' | 'offers' | 'arrivals' | 'other';

/** The state of an opt-in request. */
export type OptInRequestState =
  'waiting' | 'sending' | 'asked' | 'opted_in' | 'refused' | 'failed' | 'unknown' | 'expired' | 'cancelled';

/** What a request shows: its title, its image and the kinds of messages it promises. */
export interface RequestedTopic {
  /** See `titleKey`. */
  readonly titleKey: string;
  readonly imageUrl: string | null;
  readonly kinds: readonly TopicKind[];
}

/** An earlier request to the same person at the same Page. */
export interface PastOptInRequest extends RequestedTopic {
  /** When it was sent, milliseconds since the Unix epoch. */
  readonly sentAtMs: number;
  readonly state: OptInRequestState;
}

/** Everything `decideOptInRequest` looks at. */
export interface OptInRequestFacts {
  readonly topic: RequestedTopic;
  readonly requests: readonly PastOptInRequest[];
  readonly windowUntilMs: number | null;
  readonly platform: Platform;
  readonly restriction: PageRestriction | null;
  readonly alreadyOptedInToTopic: boolean;
  /** When the person opted out, milliseconds since the Unix epoch; absent for someone who has not left. */
  readonly leftAtMs?: number | null;
  /** `wait` is `hold` by another name in the API of opt-in requests. */
  readonly whenNotAllowed: Exclude<WhenNotNow, 'hold'> | 'wait';
}

/** What is decided about asking a person. */
export type OptInRequestDecision =
  | { readonly kind: 'ask' }
  | {
      readonly kind: 'wait' | 'refuse';
      readonly ruleId: RuleId;
      readonly facts: DecisionFacts;
      /** The moment the decision would change, milliseconds since the Unix epoch; null while only an event helps. */
      readonly allowedAtMs: number | null;
    };

/**
 * Whether the person may have seen a request: one whose answer was lost counts, one that Meta refused does not.
 *
 * @param state - the state of the request
 */
export function countsAsAsked(state: OptInRequestState): boolean {
  return ASKED.includes(state);
}

const ASKED: readonly OptInRequestState[] = ['sending', 'asked', 'opted_in', 'unknown', 'expired'];
