/** What a webhook event is about; `ignored` is kept and does nothing. */
export type MetaEventKind =
  | 'message'
  | 'postback'
  | 'opt_in'
  | 'opt_in_stop'
  | 'opt_in_resume'
  | 'echo'
  | 'delivery'
  | 'read'
  | 'reaction'
  | 'referral'
  | 'mm_echo'
  | 'mm_delivery'
  | 'mm_read'
  | 'mm_click'
  | 'mm_failed'
  | 'policy'
  | 'ignored';

/** One event of Meta's, the same whatever envelope it came in. */
export interface MetaEvent extends MetaEventFacts {
  /** The Page or Instagram account; empty when the event names none. */
  readonly metaPageId: string;
  /** Meta's word for what the events are about: `page`, `instagram`, …; empty when it said none. */
  readonly object: string;
  /** Meta's own time of the event, milliseconds since the Unix epoch (UTC). */
  readonly eventAtMs: number;
  /** Equal for the same event delivered twice; no personal data (contract §3). */
  readonly dedupeKey: string;
  /** The event as Meta sent it, JSON. It holds personal data: encrypt it. */
  readonly body: string;
}

/** What an event says. Ids, texts and payloads here are personal data. */
export interface MetaEventFacts {
  readonly kind: MetaEventKind;
  /** Whether the 24 h standard window opens at `eventAtMs` (meta-api §13.2). */
  readonly windowOpens: boolean;
  readonly psid?: string | undefined;
  /** The subscription token, under whichever of its three names it came. */
  readonly token?: string | undefined;
  readonly mid?: string | undefined;
  /** Ordinary deliveries: all messages that arrived. */
  readonly mids?: readonly string[] | undefined;
  /** Ordinary deliveries and reads: everything sent before it has arrived or was read, milliseconds. */
  readonly watermarkMs?: number | undefined;
  readonly trackingId?: string | undefined;
  readonly metaCampaignId?: string | undefined;
  /** The app that sent the message, where Meta says. */
  readonly appId?: string | undefined;
  /** What the person wrote. */
  readonly text?: string | undefined;
  /** Comes back from a button, a quick reply or an opt-in request. */
  readonly payload?: string | undefined;
  /** From an m.me link or an ad. */
  readonly ref?: string | undefined;
  readonly optIn?: OptInFacts | undefined;
  readonly policy?: PolicyFacts | undefined;
}

/** What an opt-in adds to token and payload. */
interface OptInFacts {
  readonly title?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly tokenExpiresAtMs?: number | undefined;
}

/** What Meta did to the Page. */
interface PolicyFacts {
  readonly action: string;
  readonly reason?: string | undefined;
}
