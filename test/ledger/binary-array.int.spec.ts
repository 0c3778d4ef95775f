import { describe, expect, it } from '@jest/globals';
import type { BinaryType } from '../../src/persistence/binary-array';
import { binaryArray } from '../../src/persistence/binary-array';
import { ANYBODY, START_MS, ledgerOfThisFile } from '../support/ledger-builders';

const { ledger: ledgerOf } = ledgerOfThisFile();

/** What Postgres makes of it, as text, value by value. */
async function readBack(type: BinaryType, values: readonly unknown[]): Promise<(string | null)[]> {
  const found = await ledgerOf().owner.query<{ value: string | null }[]>(
    `SELECT value::text FROM unnest($1::${type}[]) WITH ORDINALITY AS t (value, nth) ORDER BY nth`,
    [binaryArray(type, values)],
  );
  return found.map(({ value }) => value);
}

describe('An array in binary', () => {
  it.each<[BinaryType, readonly unknown[], readonly (string | null)[]]>([
    [
      'uuid',
      ['01a2077e-b37a-775e-be9e-be7a4a12d96f', null, ANYBODY],
      ['01a2077e-b37a-775e-be9e-be7a4a12d96f', null, ANYBODY],
    ],
    ['text', ['', 'NULL', null, '{"a",\\}', 'Grüße 👋'], ['', 'NULL', null, '{"a",\\}', 'Grüße 👋']],
    ['integer', [0, -1, 2_147_483_647, null], ['0', '-1', '2147483647', null]],
    [
      'bigint',
      [0, -1, 2 ** 32, -(2 ** 32) - 1, Number.MAX_SAFE_INTEGER],
      ['0', '-1', '4294967296', '-4294967297', '9007199254740991'],
    ],
    ['boolean', [true, false, null], ['true', 'false', null]],
    ['jsonb', [{ a: [1, null, 'ü'] }, null, 3], ['{"a": [1, null, "ü"]}', null, '3']],
    ['uuid', [], []],
    ['text', [null, null], [null, null]],
  ])('of %s is what it was', async (type, values, expected) => {
    expect(await readBack(type, values)).toEqual(expected);
  });

  it('of moments is what it was, to the millisecond, before and after the year 2000', async () => {
    const moments = [
      START_MS + 1,
      0,
      -1,
      Date.UTC(1969, 6, 20, 20, 17, 40, 123),
      Date.UTC(2000, 0, 1),
      Date.UTC(9999, 11, 31),
    ];
    const back = await readBack('timestamptz', [...moments.slice(1), (moments[0] ?? 0) + 0.9, null]);
    expect(back.slice(0, -1).map((text) => Date.parse(text ?? ''))).toEqual([...moments.slice(1), moments[0]]);
    expect(back.at(-1)).toBeNull();
  });

  it('does not exist of what its type cannot hold', () => {
    for (const value of [ANYBODY.slice(1), `${ANYBODY}0`, `${ANYBODY.slice(1)}g`, `${ANYBODY.slice(1)}ä`, '']) {
      expect(() => binaryArray('uuid', [value])).toThrow('Not a UUID.');
    }
    expect(() => binaryArray('bigint', [0.5])).toThrow('cannot be converted to a BigInt');
    expect(() => binaryArray('integer', [2 ** 31])).toThrow('out of range');
    expect(() => binaryArray('integer', [1.5])).toThrow('Not a whole number');
    expect(() => binaryArray('integer', [Number.NaN])).toThrow('Not a whole number');
    expect(() => binaryArray('boolean', [true, undefined])).toThrow('A value is missing.');
    expect(() => binaryArray('timestamptz', [Number.NaN])).toThrow('cannot be converted to a BigInt');
  });
});
