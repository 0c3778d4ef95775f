import type { Shop } from '../shop';
import type { Guest } from './opt-in';

interface Subscriber {
  readonly consent: string;
}

/** (6) Someone opts out: the next send to them is refused, with proof. */
export async function optOut(shop: Shop, guest: Guest, campaignId: string): Promise<void> {
  shop.scene('6. Somebody writes STOP.');
  await shop.meta.call('POST', `people/${guest.psid}/message`, { text: 'STOP' });
  const path = `/v1/subscribers/${guest.subscriberId}`;
  await shop.until(
    'the opt-out',
    () => shop.api.get<Subscriber>(path),
    ({ consent }) => consent === 'revoked',
  );
  const refusal = await shop.api.try('POST', '/v1/messages', {
    subscriberId: guest.subscriberId,
    campaignId,
    content: { text: 'One more thing.' },
    purpose: 'promotional',
    lane: 'paid',
    whenSlotTaken: 'refuse',
  });
  shop.tell(`The next message is refused by ${refusal.body.ruleId ?? '?'} (${refusal.status}).`);
  shop.promises.check('who left is not written to', refusal.status === 422 && refusal.body.ruleId === 'R-11');
}
