import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Envelope, EnvelopeError } from '../../src/security/envelope';

const oldKey = { id: 'k1', key: Buffer.alloc(32, 1) };
const newKey = { id: 'k2', key: Buffer.alloc(32, 2) };
const envelope = new Envelope([oldKey]);
const place = 'pages.token:018f';

function reasonOf(open: () => unknown): string {
  try {
    open();
  } catch (error) {
    if (error instanceof EnvelopeError) return error.reason;
    throw error;
  }
  return 'opened';
}

describe('Envelope', () => {
  it('opens what it sealed, for any bytes and any place', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, anyPlace) => {
        const plain = Buffer.from(bytes);
        expect(envelope.open(envelope.seal(plain, anyPlace), anyPlace).equals(plain)).toBe(true);
      }),
    );
  });

  it('seals text as UTF-8', () => {
    expect(envelope.open(envelope.seal('Xin chào', place), place).toString('utf8')).toBe('Xin chào');
  });

  it('never seals the same value to the same bytes', () => {
    expect(envelope.seal('secret', place).equals(envelope.seal('secret', place))).toBe(false);
  });

  it('carries the key id in clear and the value not', () => {
    const sealed = envelope.seal('secret-value', place);
    expect(sealed.includes('k1')).toBe(true);
    expect(sealed.includes('secret-value')).toBe(false);
  });

  it('opens with any key of the ring and seals with the first', () => {
    const rotated = new Envelope([newKey, oldKey]);
    expect(rotated.open(envelope.seal('secret', place), place).toString()).toBe('secret');
    expect(reasonOf(() => envelope.open(rotated.seal('secret', place), place))).toBe('unknown_key');
  });

  it('does not open for another place', () => {
    const sealed = envelope.seal('secret', place);
    expect(reasonOf(() => envelope.open(sealed, 'pages.token:018e'))).toBe('not_authentic');
  });

  it('does not open under another key of the same id', () => {
    const other = new Envelope([{ id: 'k1', key: Buffer.alloc(32, 9) }]);
    expect(reasonOf(() => other.open(envelope.seal('secret', place), place))).toBe('not_authentic');
  });

  it('notices a change of any byte', () => {
    const sealed = envelope.seal('secret', place);
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(reasonOf(() => envelope.open(changed, place))).not.toBe('opened');
    }
  });

  it('refuses bytes that were never sealed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(reasonOf(() => envelope.open(Buffer.from(bytes), place))).not.toBe('opened');
      }),
    );
    expect(reasonOf(() => envelope.open(Buffer.alloc(0), place))).toBe('malformed');
  });

  it('never names the value in an error', () => {
    const sealed = envelope.seal('secret-value', place);
    expect(() => envelope.open(sealed, 'elsewhere')).toThrow(expect.not.stringContaining('secret-value'));
  });

  it.each([
    ['no key', [], 'holds no key'],
    ['a short key', [{ id: 'k', key: Buffer.alloc(16) }], '16 bytes instead of 32'],
    ['an empty id', [{ id: '', key: Buffer.alloc(32) }], '1 to 255 bytes'],
    ['an id twice', [oldKey, { ...newKey, id: 'k1' }], 'twice'],
  ])('refuses a ring with %s', (_what, ring, message) => {
    expect(() => new Envelope(ring)).toThrow(message);
  });
});
