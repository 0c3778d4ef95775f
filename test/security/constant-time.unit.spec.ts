import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isSameSecret } from '../../src/security/constant-time';

describe('isSameSecret', () => {
  it('agrees with equality for any two texts', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(isSameSecret(a, b)).toBe(Buffer.from(a).equals(Buffer.from(b)));
        expect(isSameSecret(a, Buffer.from(a))).toBe(true);
      }),
    );
  });
});
