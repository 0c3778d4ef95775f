import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { MetaEvent } from '../../src/webhooks/meta/meta-event';
import { statusOf } from '../../src/webhooks/meta/status-event';
import { AgreementWorld, valueOf } from './agreement-world';
import type { SimulatedPage } from './agreement-world';

let world: AgreementWorld;
let page: SimulatedPage;

beforeAll(async () => {
  world = await AgreementWorld.open();
});

beforeEach(async () => {
  page = await world.page();
  valueOf(await world.client.subscribeApp(page));
  world.events.length = 0;
});

afterAll(async () => {
  await world.close();
});

function set(settings: object): Promise<unknown> {
  return world.control('PATCH', 'settings', { pageId: page.metaPageId, ...settings });
}

function seen(kind: MetaEvent['kind']): readonly MetaEvent[] {
  return world.events.filter((event) => event.kind === kind);
}

async function nowMs(): Promise<number> {
  return Date.parse((await world.control<{ now: string }>('GET', 'clock')).now);
}

describe('We understand the simulator’s webhooks', () => {
  it('signs them so that we believe them', async () => {
    await world.person(page, { windowOpen: true });
    await world.untilQuiet();
    expect(world.events).not.toHaveLength(0);
    expect(world.unsigned).toBe(0);
  });

  it.each([
    ['changes', 's', 'absent'],
    ['changes', 'ms', 'null'],
    ['flat', 's', 'null'],
    ['mixed', 'ms', 'absent'],
  ])('of a paid message, wrapped as %s with times in %s', async (envelope, timestamps, listRecipientId) => {
    await set({ envelope, timestamps, listRecipientId, readRate: 1, clickRate: 1 });
    const metaCampaignId = await world.readyCampaign(page);
    const opted = await world.person(page, { source: 'OPT_IN' });
    const listed = await world.person(page, { source: 'SUBSCRIBER_LIST', list: 'spring' });
    const atMs = await nowMs();
    for (const { token } of [opted, listed]) {
      const send = { ...page, metaCampaignId, subscriptionToken: token, message: { text: 'Hi' } };
      const { trackingId } = valueOf(await world.client.sendMarketingMessage(send));
      await world.advance('P1D');
      const told = world.events.filter((event) => event.token === token);
      expect(told.map((event) => statusOf(event)?.state)).toEqual(['accepted', 'delivered', 'read', 'clicked']);
      expect(told.map((event) => event.trackingId)).toEqual([trackingId, trackingId, trackingId, undefined]);
      expect(told.map((event) => event.psid)).toEqual(Array(4).fill(token === opted.token ? opted.psid : undefined));
      for (const event of told) {
        expect(event).toMatchObject({ metaCampaignId, metaPageId: page.metaPageId });
        expect(event.eventAtMs).toBeGreaterThanOrEqual(atMs);
      }
    }
    expect(new Set(world.events.map(({ dedupeKey }) => dedupeKey)).size).toBe(world.events.length);
  });

  it.each(['changes', 'flat'])('of a message that fails later, wrapped as %s', async (envelope) => {
    await set({ envelope, failRate: 1 });
    const metaCampaignId = await world.readyCampaign(page);
    const { token } = await world.person(page, { source: 'OPT_IN' });
    await world.client.sendMarketingMessage({
      ...page,
      metaCampaignId,
      subscriptionToken: token,
      message: { text: 'Hi' },
    });
    await world.advance('P1D');
    const [failure] = seen('mm_failed');
    expect(failure && statusOf(failure)).toMatchObject({ state: 'failed', token, metaCampaignId });
  });

  it('of an opt-in from the question to the stop and back', async () => {
    const person = await world.person(page, { windowOpen: true });
    const request = { ...page, psid: person.psid, title: 'New arrivals', payload: 'topic=1' };
    valueOf(await world.client.sendOptInRequest(request));
    await world.act(person, 'accept');
    await world.act(person, 'opt-out');
    await world.act(person, 'opt-in');
    await world.act(person, 'opt-out', { notice: 'optouts' });
    await world.untilQuiet();
    const [asked] = seen('opt_in');
    expect(asked).toMatchObject({ psid: person.psid, payload: 'topic=1', optIn: { title: 'New arrivals' } });
    expect(asked?.token).toBeDefined();
    expect(asked?.optIn?.tokenExpiresAtMs).toBeGreaterThan(await nowMs());
    expect(seen('opt_in_resume')).toHaveLength(1);
    expect(seen('opt_in_stop').map(({ token, psid }) => [token, psid])).toEqual([
      [asked?.token, person.psid],
      [asked?.token, person.psid],
    ]);
  });

  it('of what a person does in the thread', async () => {
    const person = await world.person(page, { windowOpen: true });
    await world.act(person, 'message', { text: 'STOP – ä' });
    await world.act(person, 'tap', { payload: 'P1' });
    await world.act(person, 'react');
    const answer = { ...page, psid: person.psid, message: { text: 'Hi' }, messagingType: 'RESPONSE' } as const;
    const { mid } = valueOf(await world.client.sendMessage(answer));
    await world.advance('P1D');
    expect(seen('message').map(({ text, windowOpens }) => [text, windowOpens])).toEqual([
      ['Hi', true],
      ['STOP – ä', true],
    ]);
    expect(seen('postback')).toMatchObject([{ payload: 'P1', windowOpens: true, psid: person.psid }]);
    expect(seen('reaction')).toMatchObject([{ windowOpens: true, psid: person.psid }]);
    expect(seen('echo')).toMatchObject([{ mid, psid: person.psid, windowOpens: false }]);
    expect(seen('delivery')).toMatchObject([{ mids: [mid], psid: person.psid }]);
    expect(seen('ignored')).toEqual([]);
  });
});
