import { createHash, randomBytes, randomInt } from 'node:crypto';
import { isSameSecret } from './constant-time';

/** A new API key: the text is shown once, prefix and hash are stored. */
export interface NewApiKey {
  /** `hrld_<prefix>_<secret>` */
  readonly text: string;
  readonly prefix: string;
  /** SHA-256 of the text, 32 bytes. */
  readonly hash: Buffer;
}

const PREFIX_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const PREFIX_LENGTH = 12;
const SECRET_BYTES = 32;
const KEY_FORM = /^hrld_([a-z0-9]{12})_[A-Za-z0-9_-]{43}$/;

export function generateApiKey(): NewApiKey {
  const letters = Array.from({ length: PREFIX_LENGTH }, () =>
    PREFIX_ALPHABET.charAt(randomInt(PREFIX_ALPHABET.length)),
  );
  const prefix = letters.join('');
  const text = `hrld_${prefix}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { text, prefix, hash: hashApiKey(text) };
}

/** The part by which a key is found, or nothing when the text is no key of ours. */
export function apiKeyPrefix(text: string): string | undefined {
  return KEY_FORM.exec(text)?.[1];
}

/** The secret has 256 random bits, so a plain hash is as good as a slow one. */
export function hashApiKey(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

export function isApiKey(text: string, storedHash: Buffer): boolean {
  return isSameSecret(hashApiKey(text), storedHash);
}
