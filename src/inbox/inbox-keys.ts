/** What an event can be applied by without opening its body: keyed hashes (hex) and Meta's ids. Column `inbox.keys`. */
export interface InboxKeys {
  readonly psidHash?: string;
  readonly tokenHash?: string;
  /** Ids of ordinary messages: one of an echo or a read, several of a delivery. */
  readonly mids?: readonly string[];
  readonly trackingId?: string;
  readonly metaCampaignId?: string;
  /** Whether the event opens the standard window. */
  readonly windowOpens?: true;
  /** Written by the drainer: whom an opt-in concerns. */
  readonly subscriberId?: string;
  /** Written by the drainer: the topic of an opt-in, where it names one of the Page. */
  readonly topicId?: string;
}
