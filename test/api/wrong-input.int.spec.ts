import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, Method } from './api-under-test';
import { ApiUnderTest } from './api-under-test';
import { campaignBody, draft, startedCampaign } from './campaigns';
import { connectedPage } from './fixtures';
import { inHours, optedIn, topic } from './people';

/** What nobody should send, and somebody will. */
const ODD: readonly unknown[] = [
  null,
  '',
  'x'.repeat(100_000),
  '\u0000',
  '\ud800',
  '019ab0c4-7c00-7000-8000-0000000000ff',
  '9999-12-31T23:59:59Z',
  '0000-01-01T00:00:00Z',
  -1,
  1.5,
  2 ** 53,
  1e308,
  true,
  [],
  [null],
  ['x'],
  {},
  { constructor: 'x' },
  { constructor: { name: 'x' } },
  { toString: 1, valueOf: 1, hasOwnProperty: 1 },
  { then: 'x' },
];

/** Every body that is `body` with one field, however deep, replaced or added. */
function* disturbed(body: unknown): Generator {
  yield* ODD;
  if (typeof body !== 'object' || body === null) return;
  for (const [key, value] of Object.entries(body)) {
    for (const odd of disturbed(value))
      yield Array.isArray(body) ? body.with(Number(key), odd) : { ...body, [key]: odd };
  }
}

/** Paths with the parameters that they take. */
const QUERIES: readonly [string, readonly string[]][] = [
  [
    '/v1/subscribers',
    ['pageId', 'metaPageId', 'psid', 'externalId', 'email', 'phone', 'tag', 'consent', 'topicId', 'source'],
  ],
  ['/v1/subscribers/:subscriber/timeline', []],
  ['/v1/subscribers/:subscriber/eligibility', ['content', 'at']],
  ['/v1/opt-in-requests', ['pageId', 'subscriberId', 'topicId', 'state']],
  ['/v1/campaigns', ['pageId', 'metaPageId', 'state']],
  ['/v1/campaigns/:campaign/recipients', ['state']],
  ['/v1/campaigns/:campaign/insights', ['by']],
  ['/v1/campaigns/:campaign/ledger', []],
  ['/v1/automations', ['pageId']],
  ['/v1/order-events', ['orderId', 'outcome', 'pageId', 'subscriberId']],
];

describe('Whatever is sent', () => {
  let api: ApiUnderTest;
  let bodies: [Method, string, unknown][];
  let subscriberId: string;
  let campaignId: string;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
    const pageId = await connectedPage(api, { country: 'US' });
    const topicId = await topic(api, pageId);
    subscriberId = await optedIn(api, pageId, { windowUntil: inHours(5) });
    const content = { attachment: { type: 'template', payload: { template_type: 'button', text: 'Hi', buttons: [] } } };
    const button = { type: 'web_url', title: 'Shop', url: 'https://shop.example' };
    const withButton = {
      attachment: { type: 'template', payload: { ...content.attachment.payload, buttons: [button] } },
    };
    const campaign = { ...campaignBody(pageId), content: withButton, audience: { subscriberIds: [subscriberId] } };
    const draftId = (await draft(api, pageId)).body.id;
    campaignId = await startedCampaign(api, pageId, 'active');
    const steps = [
      { ask: { topicId, expiresAfter: 'P7D' } },
      { send: { content: { text: 'Hi' }, purpose: 'promotional' } },
    ];
    const automation = {
      name: 'A',
      pageIds: [pageId],
      trigger: { kind: 'order_status', status: 'PAID', topicId },
      steps,
    };
    const automationId = (await api.post('/v1/automations', automation)).body.id;
    const person = { externalId: 'c-1', email: 'a@example.com', phone: '+390212345', tags: ['vip'], timeZone: 'UTC' };
    const recipient = { subscriberId, content: { text: 'Hello {{a}}' }, variables: { a: 'b' } };
    const items = [{ name: 'Scarf' }];
    const event = {
      source: 's',
      orderId: '1',
      status: 'X',
      pageId,
      psid: '7',
      occurredAt: inHours(-1).toISOString(),
      items,
    };
    bodies = [
      ['POST', '/v1/subscribers', { pageId, psid: '7351', ...person }],
      ['PATCH', `/v1/subscribers/${subscriberId}`, person],
      ['POST', '/v1/opt-in-requests', { topicId, subscriberId, whenNotAllowed: 'wait' }],
      ['POST', '/v1/messages', { subscriberId, content: withButton, purpose: 'promotional', lane: 'window' }],
      ['POST', '/v1/campaigns', campaign],
      ['PATCH', `/v1/campaigns/${draftId}`, { name: 'B', content: { text: 'Hi' }, budget: { amountMinor: 10_000 } }],
      ['POST', `/v1/campaigns/${campaignId}/messages`, { content: { text: 'Hi' }, recipients: [recipient] }],
      ['POST', '/v1/automations', automation],
      ['PATCH', `/v1/automations/${automationId}`, automation],
      ['POST', '/v1/order-events', { ...event, amountMinor: 1, currency: 'EUR' }],
      ['POST', '/v1/order-events', [event]],
    ];
  });
  afterAll(() => api.stop());

  const reasonable = ({ status, body }: Answer): boolean =>
    status < 400 ||
    (status < 500 && (![400, 422].includes(status) || body.code === 'RULE.REFUSED' || isNamed(body.errors)));
  const isNamed = (errors: unknown): boolean =>
    Array.isArray(errors) && errors.length > 0 && errors.every(({ field, reason }) => field !== '' && reason !== '');

  it('is answered, or refused with the field and the reason, and is never an error of ours', async () => {
    const failures: string[] = [];
    for (const [method, path, good] of bodies) {
      for (const body of disturbed(good)) {
        const answer = await api.call(method, path, { body: JSON.stringify(body) });
        if (!reasonable(answer))
          failures.push(`${method} ${path} ${JSON.stringify(body).slice(0, 300)}: ${answer.text}`);
      }
    }
    expect(failures).toEqual([]);
  }, 240_000);

  it('in a query is answered, or refused with the parameter and the reason', async () => {
    const texts = [
      '',
      ' ',
      'x',
      '%00',
      '%ED%A0%80',
      '-1',
      '1.5',
      '9'.repeat(400),
      '2026-02-30',
      'null',
      '[]',
      "'",
      '%',
    ];
    const failures: string[] = [];
    for (const [path, parameters] of QUERIES) {
      for (const parameter of ['limit', 'cursor', 'colour', 'constructor', ...parameters]) {
        for (const text of [...texts, `x&${parameter}=y`]) {
          const url = path.replace(':subscriber', subscriberId).replace(':campaign', campaignId);
          const answer = await api.get(`${url}?${parameter}=${text}`);
          if (!reasonable(answer)) failures.push(`${url}?${parameter}=${text.slice(0, 40)}: ${answer.text}`);
        }
      }
    }
    expect(failures).toEqual([]);
  }, 120_000);
});
