import { afterEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { isUuid, uuidV7, uuidV7At } from '../../src/security/uuid-v7';

const LAST_MS = 2 ** 48 - 1;

function msOf(id: string): number {
  return Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
}

describe('uuidV7', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('has version 7 and the RFC variant', () => {
    expect(uuidV7()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('carries the moment of its making', () => {
    const before = Date.now();
    const ms = msOf(uuidV7());
    expect(ms).toBeGreaterThanOrEqual(before);
    expect(ms).toBeLessThanOrEqual(Date.now() + 1);
  });

  it('sorts by the order of making, thousands within a millisecond', () => {
    const ids = Array.from({ length: 20_000 }, () => uuidV7());
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('goes on upwards when the wall clock steps back', () => {
    const before = uuidV7();
    jest.spyOn(Date, 'now').mockReturnValue(1000);
    expect(uuidV7() > before).toBe(true);
  });
});

describe('uuidV7At', () => {
  it('carries the given moment and sorts by it', () => {
    fc.assert(
      fc.property(fc.nat(LAST_MS), fc.nat(LAST_MS), (a, b) => {
        expect(msOf(uuidV7At(a))).toBe(a);
        if (a !== b) expect(uuidV7At(a) < uuidV7At(b)).toBe(a < b);
      }),
    );
  });

  it('never repeats', () => {
    expect(new Set(Array.from({ length: 1000 }, () => uuidV7At(1))).size).toBe(1000);
  });
});

describe('isUuid', () => {
  it.each([uuidV7(), uuidV7At(0), '018F2B6E-0000-7000-8000-000000000000', '550e8400-e29b-41d4-a716-446655440000'])(
    'knows %s',
    (id) => {
      expect(isUuid(id)).toBe(true);
    },
  );

  it.each([
    '',
    '1',
    `${uuidV7()}0`,
    uuidV7().replaceAll('-', ''),
    '018f2b6e-0000-7000-c000-000000000000',
    'x'.repeat(36),
  ])('refuses "%s"', (text) => {
    expect(isUuid(text)).toBe(false);
  });
});
