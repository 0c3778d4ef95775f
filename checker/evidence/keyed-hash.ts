import { createHmac } from 'node:crypto';

/**
 * The keyed hash under which the database finds a PSID or a token of a Page, written anew from its definition: HMAC of
 * kind, Page and value, each with its length in bytes before it.
 *
 * @param lookupKey - HERALD_LOOKUP_KEY, base64
 * @returns 64 hex digits
 */
export function keyedHash(lookupKey: string, kind: 'psid' | 'token', pageId: string, value: string): string {
  const hmac = createHmac('sha256', Buffer.from(lookupKey, 'base64'));
  for (const part of [kind, pageId, value]) hmac.update(`${Buffer.byteLength(part)}:${part}`);
  return hmac.digest('hex');
}
