import { SEND_DEADLINE_MS } from '../deadlines';
import type { SendOptions } from '../exchange';
import type { GraphConnection } from '../graph-connection';
import type { GraphResult } from '../graph-result';
import { node } from '../node-path';
import { readMessageReceipt } from './send-message';
import type { MessageReceipt } from './send-message';

/** Asks one person whether the Page may send marketing messages (meta-api §5.2). */
export interface OptInRequestMessage {
  readonly metaPageId: string;
  readonly pageToken: string;
  readonly psid: string;
  /** Up to 65 characters; Meta's own default title when left out. */
  readonly title?: string | undefined;
  readonly imageUrl?: string | undefined;
  readonly imageAspectRatio?: 'HORIZONTAL' | 'SQUARE' | undefined;
  /** IANA name of the person's time zone. */
  readonly timeZone?: string | undefined;
  readonly ctaText?: string | undefined;
  /** Comes back in the opt-in webhook. */
  readonly payload: string;
}

/** Sends the request; the person's answer arrives later as a webhook. */
export function sendOptInRequest(
  connection: GraphConnection,
  request: OptInRequestMessage,
  options?: SendOptions,
): Promise<GraphResult<MessageReceipt>> {
  return connection.call(
    {
      method: 'POST',
      path: `${node(request.metaPageId)}/messages`,
      token: request.pageToken,
      body: {
        recipient: { id: request.psid },
        message: { attachment: { type: 'template', payload: templateOf(request) } },
      },
      deadlineMs: SEND_DEADLINE_MS,
      leaving: options,
    },
    readMessageReceipt,
  );
}

function templateOf(request: OptInRequestMessage): Readonly<Record<string, unknown>> {
  return {
    template_type: 'notification_messages',
    title: request.title,
    image_url: request.imageUrl,
    image_aspect_ratio: request.imageAspectRatio,
    notification_messages_timezone: request.timeZone,
    notification_messages_cta_text: request.ctaText,
    payload: request.payload,
  };
}
