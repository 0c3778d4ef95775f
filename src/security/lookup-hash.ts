import { createHmac } from 'node:crypto';

/** What may be looked up without being readable. Each kind has hashes of its own, equal values or not. */
export type LookupKind = 'psid' | 'token' | 'external_id' | 'email' | 'phone' | 'content' | 'path';

const KEY_BYTES = 32;
const KEY_ID_HEX_DIGITS = 8;

/** Finds a person by what no column holds in clear: a keyed hash, equal for equal values. */
export class LookupHash {
  /** Stands beside each hash and says which key made it. */
  readonly keyId: string;

  /** @param key - 32 bytes, apart from the encryption ring */
  constructor(private readonly key: Buffer) {
    if (key.length !== KEY_BYTES) throw new Error(`The lookup key has ${key.length} bytes instead of ${KEY_BYTES}.`);
    this.keyId = this.digest(['key_id']).toString('hex', 0, KEY_ID_HEX_DIGITS / 2);
  }

  /**
   * 32 bytes. E-mail addresses and phone numbers are brought to one spelling first.
   *
   * @param scope - what the value is unique in, for instance Meta's Page id of a PSID
   */
  of(kind: LookupKind, value: string, scope = ''): Buffer {
    return this.digest([kind, scope, NORMALISE[kind](value)]);
  }

  /** Lengths in front keep ("ab", "c") and ("a", "bc") apart. */
  private digest(parts: readonly string[]): Buffer {
    const hmac = createHmac('sha256', this.key);
    for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:${part}`);
    return hmac.digest();
  }
}

const asGiven = (value: string): string => value;

const NORMALISE: Readonly<Record<LookupKind, (value: string) => string>> = {
  psid: asGiven,
  token: asGiven,
  external_id: asGiven,
  content: asGiven,
  path: asGiven,
  email: (value) => value.trim().toLowerCase(),
  /** `+84 91-234` and `008491234` are one number: digits with country code, no leading zeros. */
  phone: (value) => value.replace(/\D/g, '').replace(/^0+/, ''),
};
