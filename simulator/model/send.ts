type SendStatus = 'accepted' | 'delivered' | 'read' | 'clicked' | 'failed' | 'refused';

/** A paid message, an ordinary one, or an opt-in request. */
type SendKind = 'paid' | 'standard' | 'opt_in_request';

/** One message the platform accepted, or a paid one it refused. */
export interface Send {
  /** The tracking id of a paid message; of others an id of the same form that nobody outside sees. */
  readonly id: string;
  readonly kind: SendKind;
  readonly atMs: number;
  readonly wallMs: number;
  readonly personId: string;
  readonly pageId: string;
  readonly campaignId?: string;
  /** The app that sent it. */
  readonly appId?: string | undefined;
  readonly mid: string;
  /** What the message costs once delivered, minor units. */
  readonly costMinor: number;
  /** Local day of the ad account the reservation counts for. */
  readonly day?: string;
  status: SendStatus;
  /** The error of a refused one. */
  readonly code?: number;
}
