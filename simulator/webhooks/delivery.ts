/** One event on its way to one app, kept until it is acknowledged or given up. */
export interface WebhookDelivery {
  readonly id: string;
  readonly n: number;
  /** The same for every app and every copy of an event. */
  readonly eventId: string;
  readonly appId: string;
  readonly pageId: string;
  readonly field: string;
  /** Business time of the event. */
  readonly atMs: number;
  /** The list of an entry the event stands in. */
  readonly list: 'messaging' | 'changes';
  readonly event: unknown;
  attempts: number;
  firstTryWallMs?: number;
  /** Wall time before which it is not tried again. */
  nextTryWallMs?: number;
}

/** One attempt to deliver one event, as the control API shows it. */
export interface WebhookAttempt {
  readonly atMs: number;
  readonly wallMs: number;
  readonly appId: string;
  readonly pageId: string;
  readonly field: string;
  readonly eventId: string;
  readonly attempt: number;
  /** HTTP status of the answer; 0 when none came within 5 s. */
  readonly status: number;
}
