import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readGraphError } from '../../src/graph-api/graph-error';

const error = {
  message: '(#2300035) …',
  type: 'OAuthException',
  code: 2300035,
  error_subcode: 0,
  error_user_title: 'Too early',
  error_user_msg: '…',
  is_transient: false,
  error_data: { remaining_seconds: 1800 },
  fbtrace_id: 'AbC',
};

describe('readGraphError', () => {
  it('takes codes and times and leaves the texts', () => {
    expect(readGraphError({ error }, 400)).toEqual({
      code: 2300035,
      httpStatus: 400,
      type: 'OAuthException',
      isTransient: false,
      speaksOfMoney: false,
      remainingSeconds: 1800,
      userTitle: 'Too early',
      fbtraceId: 'AbC',
    });
  });

  it.each([
    ['in the code', { code: 2300012 }, { code: 2300012 }],
    ['in the subcode', { code: 100, error_subcode: 2300012 }, { code: 2300012 }],
    ['as text', { code: '2300012', error_subcode: undefined }, { code: 2300012 }],
    ['with a subcode of its own', { code: 10, error_subcode: 2018278 }, { code: 10, subcode: 2018278 }],
  ])('finds the code %s', (_where, given, expected) => {
    const { code, subcode } = readGraphError({ error: { ...error, ...given } }, 400) ?? {};
    expect({ code, subcode }).toEqual({ subcode: undefined, ...expected });
  });

  it.each([
    [{ remaining_seconds: 60 }, 60],
    ['{"remaining_seconds":"60"}', 60],
    ['{"blame_field_specs":[]}', undefined],
    ['not JSON', undefined],
    [{ remaining_seconds: -1 }, undefined],
    [null, undefined],
  ])('reads the time to wait out of %j', (error_data, expected) => {
    expect(readGraphError({ error: { ...error, error_data } }, 400)?.remainingSeconds).toBe(expected);
  });

  it('says whether Meta speaks of money', () => {
    const message = '(#2300069) Campaign budget reached';
    expect(readGraphError({ error: { ...error, message } }, 400)?.speaksOfMoney).toBe(true);
  });

  it.each([undefined, null, 'text', [], {}, { error: 'text' }, { error: {} }, { error: { code: 'x' } }])(
    'is nothing for %j',
    (answer) => {
      expect(readGraphError(answer, 400)).toBeUndefined();
    },
  );

  it('never throws on any JSON', () => {
    const fields = fc.record({ code: fc.jsonValue(), error_subcode: fc.jsonValue(), error_data: fc.jsonValue() });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fields), (value) => {
        expect(() => readGraphError({ error: value }, 400)).not.toThrow();
      }),
    );
  });
});
