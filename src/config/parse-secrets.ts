import { InvalidValueError } from './parse-value';

/** One key of the encryption ring: AES-256-GCM, named by the id that stands in every envelope it sealed. */
export interface EncryptionKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

/** One Meta app whose signatures are accepted. */
export interface AppSecret {
  readonly appId?: string;
  readonly secret: string;
}

const KEY_BYTES = 32;

/**
 * @param text - `keyId:base64(32 bytes)`, several separated by commas
 * @returns the ring, the encrypting key first
 * @throws InvalidValueError when an entry has another form or an id stands twice
 */
export function keyRing(text: string): readonly EncryptionKey[] {
  const ring = text.split(',').map((entry) => {
    const match = /^([A-Za-z0-9_-]{1,32}):(.+)$/.exec(entry.trim());
    if (!match?.[1] || !match[2]) throw new InvalidValueError('must be keyId:base64 of 32 bytes, comma-separated');
    return { id: match[1], key: secretKey(match[2]) };
  });
  if (new Set(ring.map(({ id }) => id)).size < ring.length) throw new InvalidValueError('must not name a key id twice');
  return ring;
}

/**
 * @param text - base64 of 32 bytes
 * @throws InvalidValueError when it is of another length
 */
export function secretKey(text: string): Buffer {
  const key = Buffer.from(text, 'base64');
  if (key.length !== KEY_BYTES) throw new InvalidValueError(`must be base64 of ${KEY_BYTES} bytes`);
  return key;
}

/**
 * @param text - `appId:secret` or a plain `secret`, several separated by commas
 * @throws InvalidValueError when a secret is empty
 */
export function appSecrets(text: string): readonly AppSecret[] {
  return text.split(',').map((entry) => {
    const [first = '', second] = entry.trim().split(':', 2);
    const secret = second ?? first;
    if (secret === '') throw new InvalidValueError('must be appId:secret, comma-separated');
    return second === undefined ? { secret } : { appId: first, secret };
  });
}
