/** An error of the Graph API as tests look at it. */
interface WireError {
  readonly code: number;
  readonly error_subcode?: number;
  readonly is_transient: boolean;
  readonly error_data: unknown;
}

/** A webhook event, ordinary or of a paid message, as tests look at it. */
export interface WireEvent {
  readonly field: string;
  readonly timestamp: number;
  readonly recipient_id: string | null;
  readonly messenger_subscription_token: string;
  readonly error_message?: string;
  readonly message: { readonly text: string };
  readonly optin: { readonly payload: string };
}

/** The body of a webhook request. */
export interface WireBody {
  readonly entry: readonly [WireEntry, ...WireEntry[]];
}

interface WireEntry {
  readonly messaging?: readonly WireEvent[];
  readonly changes?: readonly (WireEvent & { readonly value?: WireEvent })[];
}

/** Every name a test of the simulator reads in an answer; a test only reads those it expects there. */
export interface Json {
  readonly id: string;
  readonly name: string;
  readonly status: unknown;
  readonly data: Json[];
  readonly nextCursor: string | null;
  readonly detail: string;
  readonly errors: readonly { readonly field: string }[];
  readonly error?: WireError;
  readonly paging?: { readonly next?: string };

  readonly success?: boolean;
  readonly info: string;
  readonly token: string;
  readonly message_id: string;
  readonly recipient_id: string;
  readonly access_token: string;
  readonly marketing_message_tracking_id: string;
  readonly notification_messages_token: string;
  readonly notification_messages_reoptin: string;
  readonly next_eligible_time_for_paid_messaging: number;
  readonly custom_audience_ids?: string[];
  readonly effective_status: string;
  readonly campaign: { readonly name: string };
  readonly adset: Readonly<Record<'id' | 'lifetime_budget' | 'daily_budget' | 'end_time', string>>;

  readonly now: string;
  readonly frozen: boolean;
  readonly seq: number;
  readonly due: number;
  readonly unacknowledged: number;
  readonly nextDueAt: string;
  readonly unitPriceMinor: number;
  readonly secret: string;
  readonly accepted: number;
  readonly psid: string;
  readonly trackingId: string;
  readonly attempt: number;
  readonly eventId: string;
  readonly paths: Readonly<Record<string, object>>;
}
