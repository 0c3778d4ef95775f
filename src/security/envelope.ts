import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** One key of the encryption ring. */
export interface EnvelopeKey {
  /** 1–255 bytes; it stands in clear in everything sealed with the key. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

/** Why something could not be opened; it never names what is inside. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';

  constructor(
    readonly reason: 'malformed' | 'unknown_key' | 'not_authentic',
    message: string,
  ) {
    super(message);
  }
}

const VERSION = 1;
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts what may not stand in a column in clear. Sealed bytes are: version, length of the key id, key id, nonce,
 * ciphertext, tag. The associated data (`pages.token:<row id>`) binds a value to its place, so one that is copied to
 * another row does not open there.
 */
export class Envelope {
  private readonly first: EnvelopeKey;
  private readonly keys: ReadonlyMap<string, Buffer>;

  /** @param ring - the first key encrypts, all of them decrypt */
  constructor(ring: readonly EnvelopeKey[]) {
    const [first] = ring;
    if (first === undefined) throw new Error('The encryption ring holds no key.');
    ring.forEach(requireUsable);
    this.first = first;
    this.keys = new Map(ring.map(({ id, key }) => [id, key]));
    if (this.keys.size < ring.length) throw new Error('The encryption ring names a key id twice.');
  }

  seal(plain: string | Buffer, associatedData: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.first.key, nonce).setAAD(Buffer.from(associatedData));
    const ciphertext = Buffer.concat([
      typeof plain === 'string' ? cipher.update(plain, 'utf8') : cipher.update(plain),
      cipher.final(),
    ]);
    const keyId = Buffer.from(this.first.id);
    return Buffer.concat([Buffer.from([VERSION, keyId.length]), keyId, nonce, ciphertext, cipher.getAuthTag()]);
  }

  /** @throws EnvelopeError when the bytes were not sealed here, for this place, with a key of the ring */
  open(sealed: Buffer, associatedData: string): Buffer {
    const { keyId, nonce, ciphertext, tag } = split(sealed);
    const key = this.keys.get(keyId);
    if (key === undefined) throw new EnvelopeError('unknown_key', 'The encryption ring lacks the key of this value.');
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(associatedData)).setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    } catch {
      throw new EnvelopeError(
        'not_authentic',
        'The value was changed, or sealed for another place or with another key.',
      );
    }
  }
}

interface SealedParts {
  readonly keyId: string;
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

function split(sealed: Buffer): SealedParts {
  const nonceAt = 2 + (sealed[1] ?? 0);
  const ciphertextAt = nonceAt + NONCE_BYTES;
  const tagAt = sealed.length - TAG_BYTES;
  if (sealed[0] !== VERSION || tagAt < ciphertextAt) throw new EnvelopeError('malformed', 'The value is not sealed.');
  return {
    keyId: sealed.toString('utf8', 2, nonceAt),
    nonce: sealed.subarray(nonceAt, ciphertextAt),
    ciphertext: sealed.subarray(ciphertextAt, tagAt),
    tag: sealed.subarray(tagAt),
  };
}

function requireUsable({ id, key }: EnvelopeKey): void {
  const idBytes = Buffer.byteLength(id);
  if (idBytes === 0 || idBytes > 255) throw new Error('A key id has 1 to 255 bytes.');
  if (key.length !== KEY_BYTES)
    throw new Error(`The encryption key "${id}" has ${key.length} bytes instead of ${KEY_BYTES}.`);
}
