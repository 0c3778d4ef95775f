import type { SendState } from '../domain/delivery/send-transitions';

/** One message of the ledger. */
export interface SingleSend {
  readonly workspaceId: string;
  readonly pageId: string;
  readonly campaignId: string;
  readonly sendId: string;
}

/** What became of one message. */
export interface SingleSendResult {
  readonly state: SendState;
  readonly ruleId?: string;
  /** When it is decided anew, business time, milliseconds (UTC). */
  readonly dueAtMs?: number;
}

/** Sends one message through claim, begin and settle; a repeat sends nothing twice. */
export interface SingleSending {
  sendSingle(send: SingleSend): Promise<SingleSendResult>;
}
