/**
 * Why a message failed or was cancelled, where no rule says it. What a campaign's end cancels carries the campaign's
 * reason instead.
 */
export const SEND_REASONS = [
  'content_missing',
  'content_variable_missing',
  'address_missing',
  'cannot_be_decrypted',
  'cannot_be_read',
  'delivery_failed',
  'not_accepted',
  'opted_out',
  'order_called_off',
] as const;

/** One of the reasons of a message. */
export type SendReason = (typeof SEND_REASONS)[number];
