import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LookupHash } from '../../src/security/lookup-hash';
import type { LookupKind } from '../../src/security/lookup-hash';

const lookup = new LookupHash(Buffer.alloc(32, 1));
const kinds: readonly LookupKind[] = ['psid', 'token', 'external_id', 'email', 'phone', 'content'];

function hex(kind: LookupKind, value: string, scope?: string): string {
  return lookup.of(kind, value, scope).toString('hex');
}

describe('LookupHash', () => {
  it('gives 32 bytes, the same for the same value', () => {
    expect(lookup.of('psid', '7351', '10')).toHaveLength(32);
    expect(hex('psid', '7351', '10')).toBe(hex('psid', '7351', '10'));
  });

  it('keeps kinds, scopes and keys apart', () => {
    const other = new LookupHash(Buffer.alloc(32, 2));
    const hashes = [...kinds.map((kind) => hex(kind, '7351')), hex('psid', '7351', '10'), hex('psid', '7351', '11')];
    expect(new Set([...hashes, other.of('psid', '7351').toString('hex')]).size).toBe(hashes.length + 1);
  });

  it('keeps scope and value apart wherever the border lies', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (scope, value) => {
        const joined = scope + value;
        expect(hex('token', value, scope)).not.toBe(hex('token', joined, ''));
        expect(hex('token', value, scope)).not.toBe(hex('token', '', joined));
      }),
    );
  });

  it.each([
    ['email', ' Ann@Example.COM ', 'ann@example.com'],
    ['phone', '+84 91-234 5678', '84912345678'],
    ['phone', '0084912345678', '84912345678'],
  ] as const)('finds the %s %s under %s', (kind, given, stored) => {
    expect(hex(kind, given)).toBe(hex(kind, stored));
  });

  it('leaves the spelling of ids alone', () => {
    expect(hex('external_id', 'Ann')).not.toBe(hex('external_id', 'ann'));
  });

  it('names its key without telling it', () => {
    expect(lookup.keyId).toMatch(/^[0-9a-f]{8}$/);
    expect(lookup.keyId).toBe(new LookupHash(Buffer.alloc(32, 1)).keyId);
    expect(lookup.keyId).not.toBe(new LookupHash(Buffer.alloc(32, 2)).keyId);
  });

  it('refuses a key of another length', () => {
    expect(() => new LookupHash(Buffer.alloc(16))).toThrow('16 bytes instead of 32');
  });
});
