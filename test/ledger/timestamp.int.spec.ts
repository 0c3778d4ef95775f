import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { types } from 'pg';
import { parseTimestamp } from '../../src/persistence/timestamp';
import { ledgerOfThisFile } from '../support/ledger-builders';

const { ledger: ledgerOf } = ledgerOfThisFile();

/** What Postgres writes of moments, as it writes them to every session. */
const writtenBy = async (atMs: readonly number[], zone = 'UTC'): Promise<string[]> =>
  ledgerOf().owner.transaction(async (manager) => {
    await manager.query(`SELECT set_config('TimeZone', $1, true)`, [zone]);
    const found = await manager.query<{ text: string }[]>(
      `SELECT to_timestamp(at / 1000.0)::text AS text FROM unnest($1::numeric[]) WITH ORDINALITY AS t (at, nth)
        ORDER BY nth`,
      [atMs],
    );
    return found.map(({ text }) => text);
  });

const EDGES = [0, -1, 1, 999, 100, 10, Date.UTC(2000, 1, 29), Date.UTC(1999, 11, 31, 23, 59, 59, 999)];
const FAR = [Date.UTC(100, 0, 1), Date.UTC(9_999, 11, 31), Date.UTC(10_000, 0, 1), new Date('0044-03-15').getTime()];

describe('A moment from Postgres', () => {
  it.each(['UTC', 'Asia/Kathmandu'])('is the moment that was stored, in a session of %s', async (zone) => {
    const drawn = fc.sample(fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2200, 0, 1) }), 500);
    const moments = [...EDGES, ...FAR, ...drawn];
    const texts = await writtenBy(moments, zone);
    expect(texts.map((text) => parseTimestamp(text).getTime())).toEqual(moments);
  });

  it('loses what is finer than a millisecond', () => {
    expect(parseTimestamp('2026-11-23 12:34:56.789999+00').toISOString()).toBe('2026-11-23T12:34:56.789Z');
  });

  it.each(['infinity', '-infinity', '0044-03-15 12:00:00+00 BC'])('%s is what the driver makes of it', (text) => {
    const byDriver = types.getTypeParser(types.builtins.TIMESTAMP) as (text: string) => unknown;
    expect(String(parseTimestamp(text))).toBe(String(byDriver(text)));
  });
});
