import type { Shop } from '../shop';

/** A person of the story: ours and Meta's name for the same. */
export interface Guest {
  readonly subscriberId: string;
  readonly psid: string;
  readonly workflowId: string;
}

interface Subscriber {
  readonly id: string;
  readonly consent: string;
  readonly workflowId: string;
}

interface TimelineEntry {
  readonly at: string;
  readonly kind: string;
  readonly ruleId?: string;
}

/** (1) A person writes, is asked, taps, is subscribed. */
export async function optIn(shop: Shop): Promise<Guest> {
  shop.scene('1. Somebody writes to the shop, is asked, and taps.');
  const guest = await newcomer(shop);
  await shop.api.post('/v1/opt-in-requests', {
    topicId: shop.topicId,
    subscriberId: guest.subscriberId,
    whenNotAllowed: 'refuse',
  });
  await accept(shop, guest, 1);
  const path = `/v1/subscribers/${guest.subscriberId}`;
  const subscriber = await shop.until(
    'the opt-in',
    () => shop.api.get<Subscriber>(path),
    ({ consent }) => consent === 'granted',
  );
  const { data } = await shop.api.get<{ data: TimelineEntry[] }>(`${path}/timeline`);
  for (const entry of data) shop.tell(`${entry.at.slice(11, 19)}  ${entry.kind.replaceAll('_', ' ')}`);
  shop.promises.check('whoever taps is subscribed, with a proof', subscriber.consent === 'granted');
  return guest;
}

/** Somebody writes for the first time: their row opens by itself, and with it the 24-hour window. */
async function newcomer(shop: Shop): Promise<Guest> {
  const { data } = await shop.meta.call<{ data: { psid: string }[] }>('POST', 'people', {
    pageId: shop.simulator.pageId,
    count: 1,
    source: 'none',
  });
  const psid = data[0]?.psid ?? '';
  await shop.meta.call('POST', `people/${psid}/message`, { text: 'Is the blue jacket back?' });
  const found = await shop.until(
    'the first message',
    () => shop.api.get<{ data: Subscriber[] }>('/v1/subscribers', { pageId: shop.pageId, psid }),
    (list) => list.data.length === 1,
  );
  return { subscriberId: found.data[0]?.id ?? '', workflowId: found.data[0]?.workflowId ?? '', psid };
}

/** Taps the button once Meta has shown it. @param nth - how many requests this person has been sent */
export async function accept(shop: Shop, guest: Guest, nth: number): Promise<void> {
  await shop.until(
    'the opt-in request',
    () => shop.api.get<{ data: { state: string }[] }>('/v1/opt-in-requests', { subscriberId: guest.subscriberId }),
    ({ data }) => data.filter(({ state }) => state === 'asked' || state === 'opted_in').length >= nth,
  );
  await shop.meta.call('POST', `people/${guest.psid}/accept`, {});
}
