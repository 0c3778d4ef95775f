import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY_MS, HOUR_MS, MINUTE_MS, durationInWords, durationMs, parseDuration } from '../../domain/shared/duration';
import { earliestMs, latestMs } from '../../domain/shared/facts';
import { isoDate, isoTime, isoTimeOrNull, utcMidnightMs } from '../../domain/shared/iso-time';
import { isTimeZone, localDay, nextLocalMidnightMs } from '../../domain/shared/local-time';
import { ms } from './builders';

const anyMoment = fc.integer({ min: ms('1970-01-01T00:00:00Z'), max: ms('2199-12-31T00:00:00Z') });

describe('A duration', () => {
  it.each([
    ['PT12H', 12 * HOUR_MS],
    ['P7D', 7 * DAY_MS],
    ['P1W', 7 * DAY_MS],
    ['P1DT2H3M4S', DAY_MS + 2 * HOUR_MS + 3 * MINUTE_MS + 4_000],
    ['PT0S', 0],
  ])('reads %s', (text, lengthMs) => {
    expect(parseDuration(text)).toBe(lengthMs);
  });

  it.each(['P', 'PT', 'P1DT', 'P1M', 'P1Y', '12H', 'PT-1H', 'PT1.5H', ' PT1H', ''])('does not read "%s"', (text) => {
    expect(parseDuration(text)).toBeNull();
    expect(() => durationMs(text)).toThrow(RangeError);
  });

  it.each([
    [12 * HOUR_MS, '12 hours'],
    [7 * DAY_MS, '7 days'],
    [DAY_MS, '24 hours'],
    [MINUTE_MS, '1 minute'],
    [90_000, '2 minutes'],
    [30_000, '30 seconds'],
  ])('of %d ms is "%s" in words', (lengthMs, words) => {
    expect(durationInWords(lengthMs)).toBe(words);
  });
});

describe('An ISO time', () => {
  it('is what Date would write, at any moment', () => {
    fc.assert(
      fc.property(anyMoment, (atMs) => {
        expect(isoTime(atMs)).toBe(new Date(atMs).toISOString());
        expect(utcMidnightMs(isoDate(atMs))).toBe(Math.floor(atMs / DAY_MS) * DAY_MS);
      }),
    );
  });

  it.each(['1969-12-31T23:59:59.999Z', '2000-02-29T00:00:00.000Z', '2100-03-01T00:00:00.000Z'])(
    'of %s is itself',
    (time) => {
      expect(isoTime(ms(time))).toBe(time);
    },
  );

  it('of nothing is nothing', () => {
    expect(isoTimeOrNull(null)).toBeNull();
  });
});

describe('Moments that may be unknown', () => {
  it('have a latest and an earliest among the known', () => {
    expect([latestMs(null, 1, 3), earliestMs(null, 1, 3)]).toEqual([3, 1]);
    expect([latestMs(null), earliestMs()]).toEqual([null, null]);
  });
});

describe('A local day', () => {
  it.each([
    ['2026-11-22T10:00:00Z', 'Asia/Singapore', '2026-11-22', '2026-11-22T16:00:00.000Z'],
    ['2026-11-22T16:00:00Z', 'Asia/Singapore', '2026-11-23', '2026-11-23T16:00:00.000Z'],
    ['2026-11-22T10:00:00Z', 'Asia/Kathmandu', '2026-11-22', '2026-11-22T18:15:00.000Z'],
    ['2026-11-22T03:00:00Z', 'America/New_York', '2026-11-21', '2026-11-22T05:00:00.000Z'],
    ['2026-03-28T23:00:00Z', 'Europe/Berlin', '2026-03-29', '2026-03-29T22:00:00.000Z'],
    ['2026-10-24T22:00:00Z', 'Europe/Berlin', '2026-10-25', '2026-10-25T23:00:00.000Z'],
    ['2026-04-23T12:00:00Z', 'Africa/Cairo', '2026-04-23', '2026-04-23T22:00:00.000Z'],
    ['2018-11-03T12:00:00Z', 'America/Sao_Paulo', '2018-11-03', '2018-11-04T03:00:00.000Z'],
    ['2018-02-17T12:00:00Z', 'America/Sao_Paulo', '2018-02-17', '2018-02-18T03:00:00.000Z'],
  ])('of %s in %s is %s and ends at %s', (time, timeZone, day, end) => {
    expect(localDay(ms(time), timeZone)).toBe(day);
    expect(isoTime(nextLocalMidnightMs(ms(time), timeZone))).toBe(end);
  });

  it('has 23 hours in spring and 25 in autumn', () => {
    const length = (midnight: string): number => nextLocalMidnightMs(ms(midnight), 'Europe/Berlin') - ms(midnight);
    expect(length('2026-03-28T23:00:00Z')).toBe(23 * HOUR_MS);
    expect(length('2026-10-24T22:00:00Z')).toBe(25 * HOUR_MS);
  });

  it('ends at the first moment of another day, in any zone', () => {
    const zone = fc.constantFrom(
      'UTC',
      'Asia/Singapore',
      'America/Santiago',
      'Europe/London',
      'Australia/Lord_Howe',
      'Pacific/Apia',
    );
    const moment = fc.integer({ min: ms('2025-01-01T00:00:00Z'), max: ms('2030-01-01T00:00:00Z') });
    fc.assert(
      fc.property(moment, zone, (atMs, timeZone) => {
        const midnight = nextLocalMidnightMs(atMs, timeZone);
        expect(midnight).toBeGreaterThan(atMs);
        expect(localDay(midnight - 1, timeZone)).toBe(localDay(atMs, timeZone));
        expect(localDay(midnight, timeZone) > localDay(atMs, timeZone)).toBe(true);
      }),
    );
  });

  it('needs a zone that exists', () => {
    expect(isTimeZone('Asia/Ho_Chi_Minh')).toBe(true);
    expect(isTimeZone('Mars/Olympus')).toBe(false);
    expect(isTimeZone('')).toBe(false);
  });
});
