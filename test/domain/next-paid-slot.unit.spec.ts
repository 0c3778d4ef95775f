import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextPaidSlotMs } from '../../domain/delivery/next-paid-slot';
import { HOUR_MS } from '../../domain/shared/duration';
import { isoTime } from '../../domain/shared/iso-time';
import { localDay } from '../../domain/shared/local-time';
import { ms } from './builders';

function next(sentAt: string, timeZone: string, oneMessagePerLocalDay: boolean): string {
  return isoTime(nextPaidSlotMs(ms(sentAt), { oneMessagePerLocalDay, timeZone }));
}

describe('The next slot of a person (R-08)', () => {
  it.each([
    ['by the rule of Meta alone', '2026-11-22T01:00:00Z', 'UTC', false, '2026-11-22T13:00:00.000Z'],
    ['by the house rule in the morning', '2026-11-22T01:00:00Z', 'UTC', true, '2026-11-23T00:00:00.000Z'],
    ['at noon, where both agree', '2026-11-22T12:00:00Z', 'UTC', true, '2026-11-23T00:00:00.000Z'],
    ['by the 12 hours in the evening', '2026-11-22T13:00:00Z', 'UTC', true, '2026-11-23T01:00:00.000Z'],
    ['on the local day', '2026-11-22T01:00:00Z', 'Asia/Singapore', true, '2026-11-22T16:00:00.000Z'],
    ['on a day of 23 hours', '2026-03-28T23:30:00Z', 'Europe/Berlin', true, '2026-03-29T22:00:00.000Z'],
    ['on a day of 25 hours', '2026-10-24T22:30:00Z', 'Europe/Berlin', true, '2026-10-25T23:00:00.000Z'],
    ['by the 24 hours of July 2025', '2025-07-15T01:00:00Z', 'UTC', true, '2025-07-16T01:00:00.000Z'],
    ['by the last 24 hours', '2025-08-10T23:59:59Z', 'UTC', false, '2025-08-11T23:59:59.000Z'],
    ['by the first 12 hours', '2025-08-11T00:00:00Z', 'UTC', false, '2025-08-11T12:00:00.000Z'],
  ])('comes %s', (_why, sentAt, timeZone, oneMessagePerLocalDay, expected) => {
    expect(next(sentAt, timeZone, oneMessagePerLocalDay)).toBe(expected);
  });

  it('never lets two messages meet within 12 hours or, by house rule, on one local day', () => {
    const zone = fc.constantFrom('UTC', 'Asia/Bangkok', 'America/Sao_Paulo', 'Europe/Berlin');
    const moment = fc.integer({ min: ms('2025-08-11T00:00:00Z'), max: ms('2028-01-01T00:00:00Z') });
    fc.assert(
      fc.property(moment, zone, fc.boolean(), (sentAtMs, timeZone, oneMessagePerLocalDay) => {
        const nextMs = nextPaidSlotMs(sentAtMs, { oneMessagePerLocalDay, timeZone });
        expect(nextMs - sentAtMs).toBeGreaterThanOrEqual(12 * HOUR_MS);
        expect(nextMs - sentAtMs).toBeLessThanOrEqual(25 * HOUR_MS);
        if (oneMessagePerLocalDay) expect(localDay(nextMs, timeZone)).not.toBe(localDay(sentAtMs, timeZone));
      }),
    );
  });
});
