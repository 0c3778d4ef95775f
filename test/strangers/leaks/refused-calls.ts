import type { Secrets } from './secrets';

/** A call that is refused, with what nobody may read in it. */
interface RefusedCall {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Personal data in every place where a caller may put it wrongly. */
export function refusedCalls(pageId: string, psid: string, secrets: Secrets): readonly RefusedCall[] {
  const email = secrets.add('email', 'alan.turing@example.org');
  const phone = secrets.add('phone', '441632960777');
  const text = secrets.add('text', 'Meet me at the chartreuse fountain');
  const token = secrets.add('token', 'EAABrokenTokenOfSomebodyElse0123456789');
  const person = { pageId, psid, email, phone: `+${phone}` };
  const message = { subscriberId: pageId, content: { text }, purpose: 'promotional' };
  return [
    { method: 'POST', path: '/v1/subscribers', body: { ...person, timeZone: email } },
    { method: 'POST', path: '/v1/subscribers', body: { ...person, phone: text } },
    { method: 'POST', path: '/v1/subscribers', body: { ...person, pageId: psid } },
    { method: 'POST', path: '/v1/subscribers', body: `{"psid": "${psid}", "email": "${email}` },
    { method: 'POST', path: '/v1/subscribers', body: person, headers: { authorization: `Bearer ${token}` } },
    { method: 'GET', path: `/v1/subscribers?email=${encodeURIComponent(email)}&limit=many` },
    { method: 'GET', path: `/v1/subscribers?psid=${psid}&consent=${encodeURIComponent(text)}` },
    { method: 'POST', path: '/v1/messages', body: message },
    { method: 'POST', path: '/v1/messages', body: { ...message, purpose: text, lane: phone } },
    {
      method: 'POST',
      path: '/v1/messages',
      body: message,
      headers: { 'idempotency-key': `${'k'.repeat(250)}${psid}` },
    },
    { method: 'POST', path: '/v1/order-events', body: { ...person, source: 'shop', orderId: '1', occurredAt: text } },
    {
      method: 'POST',
      path: '/v1/pages',
      body: { metaPageId: '1', platform: 'messenger', pageToken: token, systemUserToken: token },
    },
    { method: 'GET', path: `/v1/subscribers/${psid}` },
    { method: 'POST', path: `/v1/campaigns/${psid}/start`, headers: { 'idempotency-key': 'by-psid' } },
    { method: 'POST', path: `/v1/${psid}/${token}`, body: person, headers: { 'idempotency-key': 'nowhere' } },
  ];
}
