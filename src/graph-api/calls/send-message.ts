import { SEND_DEADLINE_MS } from '../deadlines';
import type { SendOptions } from '../exchange';
import type { GraphConnection } from '../graph-connection';
import type { GraphResult } from '../graph-result';
import { node } from '../node-path';
import { asRecord, asText } from '../tolerant-json';
import type { MessageContent } from './send-marketing-message';

/** A message through the ordinary Send API (meta-api §13.1). */
export interface OrdinaryMessage {
  readonly metaPageId: string;
  readonly pageToken: string;
  readonly psid: string;
  readonly message: MessageContent;
  readonly messagingType: 'RESPONSE' | 'UPDATE' | 'MESSAGE_TAG' | 'UTILITY';
  /** Only with `MESSAGE_TAG`. */
  readonly tag?: string | undefined;
}

export interface MessageReceipt {
  /** Meta's `m_…` id of the message. */
  readonly mid?: string | undefined;
}

/** Sends one ordinary message to a person. */
export function sendMessage(
  connection: GraphConnection,
  send: OrdinaryMessage,
  options?: SendOptions,
): Promise<GraphResult<MessageReceipt>> {
  return connection.call(
    {
      method: 'POST',
      path: `${node(send.metaPageId)}/messages`,
      token: send.pageToken,
      body: {
        recipient: { id: send.psid },
        messaging_type: send.messagingType,
        tag: send.tag,
        message: send.message,
      },
      deadlineMs: SEND_DEADLINE_MS,
      leaving: options,
    },
    readMessageReceipt,
  );
}

/** Reads both printed forms: the ids beside each other, and inside `recipient` (meta-api §17.16). */
export function readMessageReceipt(answer: unknown): MessageReceipt | undefined {
  const fields = asRecord(answer);
  if (fields === undefined) return undefined;
  const inner = asRecord(fields['recipient']);
  const mid = asText(fields['message_id']) ?? asText(inner?.['message_id']);
  const recipient = asText(fields['recipient_id']) ?? asText(inner?.['id']) ?? asText(fields['recipient']);
  return mid === undefined && recipient === undefined ? undefined : { mid };
}
