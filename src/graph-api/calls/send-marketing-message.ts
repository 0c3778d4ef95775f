import type { SendOptions } from '../exchange';
import type { GraphConnection } from '../graph-connection';
import type { GraphResult } from '../graph-result';
import { adAccountNode } from '../node-path';
import { asBoolean, asRecord, asText } from '../tolerant-json';
import { SEND_DEADLINE_MS } from '../deadlines';

/** Meta's `message` object as it goes over the wire. */
export type MessageContent = Readonly<Record<string, unknown>>;

export interface MarketingMessage {
  /** With or without `act_`. */
  readonly adAccountId: string;
  readonly systemUserToken: string;
  readonly metaCampaignId: string;
  readonly subscriptionToken: string;
  readonly message: MessageContent;
}

export interface MarketingReceipt {
  /** Meta may leave it out (meta-api §17.29). */
  readonly trackingId?: string | undefined;
}

/** Sends one paid message: `success` means accepted, not delivered (meta-api §7). */
export function sendMarketingMessage(
  connection: GraphConnection,
  send: MarketingMessage,
  options?: SendOptions,
): Promise<GraphResult<MarketingReceipt>> {
  return connection.call(
    {
      method: 'POST',
      path: `${adAccountNode(send.adAccountId)}/messages`,
      token: send.systemUserToken,
      body: {
        message_id: send.metaCampaignId,
        messenger_delivery_data: { subscription_token: send.subscriptionToken },
        message: send.message,
      },
      deadlineMs: SEND_DEADLINE_MS,
      leaving: options,
    },
    readReceipt,
  );
}

function readReceipt(answer: unknown): MarketingReceipt | undefined {
  const fields = asRecord(answer);
  if (fields === undefined || asBoolean(fields['success']) !== true) return undefined;
  return { trackingId: asText(fields['marketing_message_tracking_id']) };
}
