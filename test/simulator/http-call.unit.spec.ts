import { describe, expect, it } from '@jest/globals';
import { callApp } from '../../simulator/webhooks/http-call';

describe('A call to an app', () => {
  it('at an address that cannot be called has no answer, and throws nothing', async () => {
    const nowhere = new URL('ftp://127.0.0.1/webhooks');
    expect(await callApp(nowhere, 'POST', {}, Buffer.from('{}'))).toEqual({ status: 0, body: '' });
  });
});
