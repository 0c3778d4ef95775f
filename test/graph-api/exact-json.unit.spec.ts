import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseExactJson } from '../../src/graph-api/exact-json';

const smallValue = fc.object({
  values: [fc.string(), fc.maxSafeInteger(), fc.double({ min: -1, max: 1 }), fc.boolean(), fc.constant(null)],
});

describe('parseExactJson', () => {
  it.each([
    ['{"id":120211111111111111}', { id: '120211111111111111' }],
    [
      '[9007199254740991,9007199254740993,-9007199254740993]',
      [9007199254740991, '9007199254740993', '-9007199254740993'],
    ],
    ['4263172597193563921', '4263172597193563921'],
    ['{ "a" : [ 4263172597193563921 ] }', { a: ['4263172597193563921'] }],
    [
      '{"text":"call:4263172597193563921, or \\": 4263172597193563921"}',
      { text: 'call:4263172597193563921, or ": 4263172597193563921' },
    ],
    ['{"4263172597193563921":1}', { '4263172597193563921': 1 }],
    [
      '[12345678901234567.5,1e21,0.12345678901234567890]',
      [Number('12345678901234567.5'), 1e21, Number('0.12345678901234567890')],
    ],
  ])('reads %s without losing a digit', (text, value) => {
    expect(parseExactJson(text)).toEqual(value);
  });

  it('agrees with JSON.parse wherever no number is too large', () => {
    fc.assert(
      fc.property(smallValue, fc.string(), (value, noise) => {
        const text = JSON.stringify({ value, noise: `${noise}, 4263172597193563921 \\"` });
        expect(parseExactJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('keeps any big integer anywhere beside any text', () => {
    const beyond = fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n });
    fc.assert(
      fc.property(beyond, fc.boolean(), fc.string(), (big, negative, text) => {
        const digits = `${negative ? '-' : ''}${String(big)}`;
        const given = `{"before":${JSON.stringify(text)},"id":${digits},"after":[${JSON.stringify(text)},${digits}]}`;
        expect(parseExactJson(given)).toEqual({ before: text, id: digits, after: [text, digits] });
      }),
    );
  });

  it.each(['', '{', '{"id":120211111111111111', 'nope'])('throws on %j', (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });

  it('takes megabytes of text in its stride', () => {
    const text = JSON.stringify({ text: '\\"'.repeat(1_000_000), more: 'x'.repeat(2_000_000) });
    const parsed = parseExactJson(text.replace('{', '{"id":120211111111111111,')) as { id: string; more: string };
    expect(parsed.id).toBe('120211111111111111');
    expect(parsed.more).toHaveLength(2_000_000);
  });
});
