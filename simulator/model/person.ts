export type SubscriptionSource = 'OPT_IN' | 'CTM' | 'SUBSCRIBER_LIST';

/** How likely a person does something of their own accord, 0–1 each. */
export interface Behaviour {
  readonly accept?: number;
  readonly reply?: number;
  readonly read?: number;
  readonly click?: number;
  readonly stop?: number;
  /** Makes two people with the same rates decide differently, and one person the same again. */
  readonly seed?: number;
}

/** The opt-in request a person has not answered yet. */
interface PendingRequest {
  readonly title: string;
  readonly payload: string;
  readonly timeZone?: string;
}

/** The one subscription a person can have at a Page. */
export interface Subscription {
  readonly source: SubscriptionSource;
  readonly createdMs: number;
  active: boolean;
  stoppedMs?: number;
  /** The request that was accepted; its title and payload come back in every later notice. */
  accepted?: PendingRequest;
}

/** A person as one Page sees them. */
export interface Person {
  readonly id: string;
  /** The n-th person of this simulator; id, PSID and token follow from it. */
  readonly n: number;
  readonly pageId: string;
  readonly psid: string;
  /** The token the person has, or would get: it stays the same through stop and resume. */
  readonly token: string;
  /** Custom audience the person came with. */
  readonly audienceId?: string;
  readonly region?: string;
  readonly timeZone?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly behaviour?: Behaviour;
  subscription?: Subscription;
  windowUntilMs?: number;
  lastInboundMs?: number;
  /** When the newest paid message was accepted: the 12 h run from here. */
  lastPaidMs?: number;
  /** Paid messages accepted so far. */
  paidSends: number;
  blocked: boolean;
  pending?: PendingRequest;
  /** When each title was last asked. */
  asked: Record<string, number>;
}
