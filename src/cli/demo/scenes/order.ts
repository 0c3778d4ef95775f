import type { Shop, ShownMessage } from '../shop';
import type { Guest } from './opt-in';
import { accept } from './opt-in';
import { startCampaign } from './campaign';

/** It went out; if a process died at that very moment, what became of it may not be known. */
const GONE = ['accepted', 'delivered', 'read', 'clicked', 'unknown', 'assumed_sent'];

/** (3) Order 1042 becomes CONFIRMED: a button, then a message that is held because the slot is taken. */
export async function orderEvent(shop: Shop, guest: Guest): Promise<string> {
  shop.scene('3. Order 1042 becomes CONFIRMED.');
  const topic = await shop.api.post<{ id: string }>('/v1/topics', {
    pageId: shop.pageId,
    title: 'Care tips',
    expectation: 'How to look after what you bought.',
    kinds: ['recommendations'],
  });
  const campaign = await startCampaign(shop, { name: 'Care tips', text: 'unused', budgetMinor: 1_000 });
  const automation = await shop.api.post<{ id: string }>('/v1/automations', {
    name: 'After an order',
    pageIds: [shop.pageId],
    trigger: { kind: 'order_status', topicId: topic.id, status: 'CONFIRMED' },
    steps: [
      { ask: { topicId: topic.id } },
      {
        send: {
          campaignId: campaign.id,
          content: { text: 'Wash it cold.' },
          purpose: 'promotional',
          lane: 'paid',
          whenSlotTaken: 'hold',
        },
      },
    ],
  });
  await shop.api.post(`/v1/automations/${automation.id}/enable`);
  await shop.moveClock('PT2H');
  const event = await shop.api.post<{ outcome: string }>('/v1/order-events', {
    source: 'shop',
    orderId: '1042',
    status: 'CONFIRMED',
    pageId: shop.pageId,
    psid: guest.psid,
    occurredAt: new Date(await shop.nowMs()).toISOString(),
  });
  shop.tell(`The event was ${event.outcome}: the opt-in button for *Care tips* goes out.`);
  await accept(shop, guest, 2);
  const held = await shop.until(
    'the held message',
    () => messageOf(shop, campaign.id),
    (message) => message?.state === 'held',
  );
  shop.tell(`The message is held by ${held?.ruleId ?? '?'} until ${held?.allowedAt ?? '?'}: the slot is taken.`);
  shop.promises.check('a message whose slot is taken waits, with its moment', held?.ruleId === 'R-08');
  return campaign.id;
}

async function messageOf(shop: Shop, campaignId: string): Promise<ShownMessage | undefined> {
  const { data } = await shop.api.get<{ data: ShownMessage[] }>(`/v1/campaigns/${campaignId}/recipients`);
  return data[0];
}

/** (4) The clock is moved: the held message goes. */
export async function slotComes(shop: Shop, campaignId: string): Promise<void> {
  shop.scene('4. The clock is moved by a day.');
  await shop.moveClock('PT24H');
  const sent = await shop.until(
    'the held message',
    () => messageOf(shop, campaignId),
    (message) => message !== undefined && GONE.includes(message.state),
  );
  shop.tell(`The message of order 1042 is ${sent?.state ?? '?'}.`);
  shop.promises.check('a held message goes out when its slot comes', sent !== undefined);
}
