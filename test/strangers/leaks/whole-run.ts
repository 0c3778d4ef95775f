import { signatureOf } from '../../../simulator/webhooks/signature';
import type { Json } from '../../support/herald-client';
import type { RunningStack } from '../../support/running-stack';
import { isoTime, Shop } from '../../support/shop';
import { refusedCalls } from './refused-calls';
import type { Straw } from './secrets';
import { Secrets } from './secrets';

const PEOPLE = 12;
const SETTLED = ['accepted', 'delivered', 'read', 'clicked', 'unknown', 'assumed_sent', 'failed', 'refused'];
/** What Meta does to the first messages; each is told in another way by Herald. */
const FAULTS = ['500', '503_html', 'drop_after_accept', 'error_data_string', 'truncated', 'error'];

/** Somebody, as Herald and as Meta call them. */
interface Guest {
  readonly id: string;
  readonly psid: string;
}

/** One of everything that Herald does, full of things that nobody may read afterwards. */
export class WholeRun {
  readonly secrets = new Secrets();
  /** Bodies of the answers that refuse something. */
  readonly refusals: Straw[] = [];
  private campaignId = '';

  private constructor(
    private readonly stack: RunningStack,
    private readonly shop: Shop,
  ) {}

  static async play(stack: RunningStack): Promise<WholeRun> {
    const run = new WholeRun(stack, await Shop.open(stack, PEOPLE));
    const guest = await run.guestComes();
    await run.guestOptsIn(guest);
    await run.campaignRuns(guest);
    await run.orderComes(guest);
    await run.somebodyStops();
    await run.strangersKnock(guest);
    await run.learnSecrets();
    return run;
  }

  /** Meta's ids of Page, ad account and campaign may be read (contract §5). */
  publicIds(): Promise<string[]> {
    const { id, adAccountId } = this.shop.meta;
    return this.shop.campaign(this.campaignId).then(({ metaCampaignId }: Json) => [id, adAccountId, metaCampaignId]);
  }

  /** Uploaded by the shop with all that it knows of them; writes, and is answered. */
  private async guestComes(): Promise<Guest> {
    const { secrets, stack } = this;
    const pageId = this.shop.pageId;
    const { data } = await stack.control('POST', 'people', { pageId: this.shop.meta.id, count: 1, source: 'none' });
    const psid = secrets.add('psid', data[0].psid as string);
    const { id } = await stack.ok('POST', '/v1/subscribers', {
      pageId,
      psid,
      externalId: secrets.add('external id', 'customer-4711-lovelace'),
      email: secrets.add('email', 'ada.lovelace@example.com'),
      phone: `+${secrets.add('phone', '390255501428')}`,
      tags: ['vip'],
    });
    await this.writes(psid, 'Is the aquamarine jacket back in stock?');
    await stack.until(`/v1/subscribers/${id}/eligibility?content=promotional`, ({ decisions }: Json) =>
      decisions.some(({ lane, allowed }: Json) => lane === 'window' && allowed),
    );
    const message = {
      subscriberId: id,
      content: { text: secrets.add('text', 'Aquamarine comes back on Tuesday.') },
      purpose: 'human_reply',
      lane: 'window',
      whenSlotTaken: 'refuse',
    };
    // The second one is answered with what is kept of the first.
    for (let time = 0; time < 2; time += 1)
      await stack.call('POST', '/v1/messages', message, { 'idempotency-key': 'reply-to-the-guest' });
    return { id, psid };
  }

  private async guestOptsIn({ id, psid }: Guest): Promise<void> {
    const { stack, secrets } = this;
    const topic = await stack.ok('POST', '/v1/topics', {
      pageId: this.shop.pageId,
      title: 'New arrivals',
      expectation: 'One message a week.',
      kinds: ['arrivals'],
    });
    await stack.ok('POST', '/v1/opt-in-requests', { topicId: topic.id, subscriberId: id, whenNotAllowed: 'refuse' });
    await this.asked(id, 1);
    await stack.control('POST', `people/${psid}/accept`, {});
    await stack.until(`/v1/subscribers/${id}`, ({ consent }: Json) => consent === 'granted');
    const title = secrets.add('text', 'Show me the turquoise ones');
    const payload = secrets.add('text', 'BASKET_OF_ADA_4711');
    await stack.control('POST', `people/${psid}/tap`, { text: title, payload });
  }

  /** With a content of its own for the guest, personal variables for all, and Meta in a bad mood. */
  private async campaignRuns({ id }: Guest): Promise<void> {
    const { stack, secrets, shop } = this;
    const text = `${secrets.add('text', 'The vermilion scarf waits for you')}, {{name|friend}}`;
    this.campaignId = await shop.startCampaign({ content: { text } });
    await shop.comesTo(this.campaignId, 'populating');
    for (const fault of FAULTS)
      await stack.control('POST', 'faults', { match: { path: '/act_*/messages' }, fault, times: 1 });
    await stack.ok('POST', `/v1/campaigns/${this.campaignId}/messages`, {
      recipients: [
        { subscriberId: id, content: { text: secrets.add('text', 'Your ochre gloves are packed, Ada') } },
        ...shop.people.map((subscriberId, index) => ({
          subscriberId,
          variables: { name: secrets.add('name', `Grace Hopper the ${index}th`) },
        })),
      ],
    });
    await stack.advance('PT2H');
    await stack.until(
      `/v1/campaigns/${this.campaignId}/recipients?limit=200`,
      ({ data }: Json) => data.length > PEOPLE && data.every(({ state }: Json) => SETTLED.includes(state as string)),
    );
    await stack.control('DELETE', 'faults');
  }

  private async orderComes({ id, psid }: Guest): Promise<void> {
    const { stack, secrets, shop } = this;
    const pageId = shop.pageId;
    const topic = await stack.ok('POST', '/v1/topics', {
      pageId,
      title: 'Care tips',
      expectation: 'How to look after what you bought.',
      kinds: ['recommendations'],
    });
    const content = { text: secrets.add('text', 'Wash the magenta pullover cold.') };
    const { id: automationId } = await stack.ok('POST', '/v1/automations', {
      name: 'After an order',
      pageIds: [pageId],
      trigger: { kind: 'order_status', topicId: topic.id, status: 'CONFIRMED' },
      steps: [{ ask: { topicId: topic.id } }, { send: { content, purpose: 'post_purchase', lane: 'window' } }],
    });
    await stack.ok('POST', `/v1/automations/${automationId}/enable`);
    await this.writes(psid, 'I have just ordered a magenta pullover');
    const order = { source: 'shop', pageId, occurredAt: isoTime(await shop.nowMs()), status: 'CONFIRMED' };
    const items = [{ name: secrets.add('text', 'Magenta pullover, engraved A.L.'), quantity: 1 }];
    const known = { ...order, orderId: '1042', email: 'ada.lovelace@example.com', items };
    const stranger = { ...order, orderId: '1043', phone: `+${secrets.add('phone', '441632960961')}`, items };
    for (const body of [known, stranger]) await stack.insist('POST', '/v1/order-events', body);
    await this.asked(id, 2);
    await stack.control('POST', `people/${psid}/accept`, {});
    await stack.until(`/v1/subscribers/${id}/timeline?limit=200`, ({ data }: Json) =>
      data.some(({ kind }: Json) => /^(message|send)/.test(kind as string)),
    );
    await stack.advance('PT1H');
  }

  private async somebodyStops(): Promise<void> {
    const { stack, shop } = this;
    const [subscriberId = ''] = shop.people;
    const { psid } = await stack.ok('GET', `/v1/subscribers/${subscriberId}`);
    await this.writes(psid as string, 'Please leave Grace alone');
    await stack.control('POST', `people/${psid}/message`, { text: 'STOP' });
    await stack.until(`/v1/subscribers/${subscriberId}`, ({ consent }: Json) => consent === 'revoked');
    await this.refused('POST', '/v1/messages', {
      subscriberId,
      campaignId: this.campaignId,
      content: { text: this.secrets.add('text', 'One more thing about the indigo hat') },
      purpose: 'promotional',
      lane: 'paid',
      whenSlotTaken: 'refuse',
    });
  }

  private async strangersKnock({ psid }: Guest): Promise<void> {
    for (const { method, path, body, headers } of refusedCalls(this.shop.pageId, psid, this.secrets))
      await this.refused(method, path, body, headers);
    await this.poisonedWebhook(psid);
  }

  /** Signed, and not what Meta sends: kept, told in the log, and read by nobody. */
  private async poisonedWebhook(psid: string): Promise<void> {
    const { metaAppSecret = '' } = this.stack.runtime();
    const text = this.secrets.add('text', 'A message that no parser understands');
    const messaging = [
      { sender: { id: psid }, recipient: 5, timestamp: 'yesterday', message: { mid: [], text: [text] } },
    ];
    const body = JSON.stringify({ object: 'page', entry: [{ id: this.shop.meta.id, time: 'now', messaging }] });
    const signature = signatureOf(Buffer.from(body), metaAppSecret);
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature };
    const { status } = await fetch(`${this.stack.apiUrl}/webhooks/meta`, { method: 'POST', headers, body });
    if (status !== 200) throw new Error(`Meta's webhook is refused: ${status}`);
    await this.refused('POST', '/webhooks/meta', body, { 'x-hub-signature-256': `${signature.slice(0, -4)}0000` });
  }

  /** What others have made up: Meta's names of everybody, tokens and keys. */
  private async learnSecrets(): Promise<void> {
    const { secrets, stack, shop } = this;
    const { data } = await stack.control('GET', `people?pageId=${shop.meta.id}&limit=1000`);
    for (const { psid, token } of data as { psid: string; token?: string | null }[]) {
      secrets.add('psid', psid);
      if (token) secrets.add('token', token);
    }
    secrets.add('token', shop.meta.pageToken);
    secrets.add('token', shop.meta.systemUserToken);
    secrets.add('key', stack.key);
    secrets.add('key', stack.runtime().metaAppSecret ?? '');
    secrets.add('key', stack.runtime().metaVerifyToken);
  }

  private async writes(psid: string, text: string): Promise<void> {
    await this.stack.control('POST', `people/${psid}/message`, { text: this.secrets.add('text', text) });
  }

  private async asked(subscriberId: string, times: number): Promise<void> {
    await this.stack.until(
      `/v1/opt-in-requests?subscriberId=${subscriberId}`,
      ({ data }: Json) =>
        data.filter(({ state }: Json) => ['asked', 'opted_in'].includes(state as string)).length >= times,
    );
  }

  private async refused(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<void> {
    const answer = await this.stack.call(method, path, body, headers);
    if (answer.status < 400) throw new Error(`${method} ${path} is not refused: ${answer.status}`);
    this.refusals.push({ where: `the refusal of ${method} ${path}`, text: JSON.stringify(answer.body) });
  }
}
