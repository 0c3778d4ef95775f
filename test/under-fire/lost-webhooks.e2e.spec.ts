import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Stack, type Json, type SimulatedPage } from '../support/stack';

/** SIM-46: after about an hour without an answer Meta sends an application nothing more, and stores nothing for it. */
describe('A Page whose webhooks Meta gave up during an outage', () => {
  let stack: Stack;
  let page: { readonly id: string; readonly meta: SimulatedPage };
  let people: readonly { readonly psid: string }[];

  beforeAll(async () => {
    stack = await Stack.start();
    page = await stack.connectPage();
    people = (await stack.control('POST', 'people', { pageId: page.meta.id, count: 3, source: 'OPT_IN' })).data;
    await stack.sync(page.id);
  }, 120_000);
  afterAll(async () => {
    await stack.stop();
  }, 60_000);

  const atMeta = async (method: string): Promise<Json> => {
    const { id, pageToken } = page.meta;
    const url = `${stack.simulatorUrl}/v25.0/${id}/subscribed_apps?access_token=${pageToken}`;
    return (await fetch(url, { method })).json();
  };

  const consentBecomes = (nth: number, consent: string): Promise<Json> =>
    stack.until(`/v1/subscribers?psid=${people[nth]?.psid}`, ({ data }: Json) => data[0]?.consent === consent);

  it('is heard of again once the worker is back, and so is who left and who came meanwhile', async () => {
    const { id } = page.meta;
    await stack.stopWorker();
    await atMeta('DELETE');
    expect((await atMeta('GET')).data).toEqual([]);
    await stack.control('POST', `people/${people[0]?.psid}/opt-out`);
    const [newcomer] = (await stack.control('POST', 'people', { pageId: id, count: 1, source: 'OPT_IN' })).data;
    stack.startWorker();
    await consentBecomes(0, 'revoked');
    await stack.until(`/v1/subscribers?psid=${newcomer.psid}`, ({ data }: Json) => data[0]?.consent === 'granted');
    expect((await consentBecomes(1, 'granted')).data).toHaveLength(1);
    await stack.control('POST', `people/${people[1]?.psid}/opt-out`);
    await consentBecomes(1, 'revoked');
    expect((await atMeta('GET')).data).toHaveLength(1);
  }, 60_000);
});
