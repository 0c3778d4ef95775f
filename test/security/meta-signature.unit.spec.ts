import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isSignedByMeta } from '../../src/security/meta-signature';

const body = Buffer.from('{"object":"page","text":"\\u00e4"}');

function sign(secret: string, bytes: Buffer = body): string {
  return createHmac('sha256', secret).update(bytes).digest('hex');
}

describe('isSignedByMeta', () => {
  it('takes the signature of any configured app', () => {
    expect(isSignedByMeta(body, `sha256=${sign('one')}`, ['one', 'two'])).toBe(true);
    expect(isSignedByMeta(body, `sha256=${sign('two')}`, ['one', 'two'])).toBe(true);
  });

  it('takes hex in either case', () => {
    expect(isSignedByMeta(body, `sha256=${sign('one').toUpperCase()}`, ['one'])).toBe(true);
  });

  it('covers the bytes and not what they mean', () => {
    const sameMeaning = Buffer.from(JSON.stringify(JSON.parse(body.toString('utf8'))));
    expect(isSignedByMeta(sameMeaning, `sha256=${sign('one')}`, ['one'])).toBe(false);
  });

  it.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['another app', `sha256=${sign('three')}`],
    ['the older SHA-1 form', `sha1=${sign('one').slice(0, 40)}`],
    ['no algorithm', sign('one')],
    ['a short value', `sha256=${sign('one').slice(0, 62)}`],
    ['a long value', `sha256=${sign('one')}00`],
    ['what is no hex', `sha256=${'z'.repeat(64)}`],
    ['the header twice', [`sha256=${sign('one')}`, `sha256=${sign('one')}`]],
  ])('refuses %s', (_what, header) => {
    expect(isSignedByMeta(body, header, ['one', 'two'])).toBe(false);
  });

  it('refuses everything when no secret is configured', () => {
    expect(isSignedByMeta(body, `sha256=${sign('')}`, [])).toBe(false);
  });
});
