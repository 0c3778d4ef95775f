import { createHmac, timingSafeEqual } from 'node:crypto';

const HEADER_FORM = /^sha256=([0-9a-f]{64})$/i;

/**
 * Whether one of our apps signed these bytes (`X-Hub-Signature-256`, meta-api §12.1). Every secret is tried, so the time
 * tells nothing about which one fits.
 *
 * @param rawBody - the bytes as they came: a body parsed and printed again has another signature
 */
export function isSignedByMeta(
  rawBody: Buffer,
  header: string | readonly string[] | undefined,
  appSecrets: readonly string[],
): boolean {
  const hex = typeof header === 'string' ? HEADER_FORM.exec(header)?.[1] : undefined;
  if (hex === undefined) return false;
  const given = Buffer.from(hex, 'hex');
  const fits = appSecrets.map((secret) => timingSafeEqual(signatureOf(rawBody, secret), given));
  return fits.includes(true);
}

function signatureOf(rawBody: Buffer, appSecret: string): Buffer {
  return createHmac('sha256', appSecret).update(rawBody).digest();
}
