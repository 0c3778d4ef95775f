import type { Shop } from '../shop';

/** How many people the shop has at Meta before anybody writes. */
export const PEOPLE = 300;

interface Named {
  readonly id: string;
  readonly name: string;
}

/** A shop's Page, a few hundred people who opted in before, one topic. */
export async function opening(shop: Shop): Promise<void> {
  const { pageId: metaPageId, pageToken, systemUserToken, adAccountId } = shop.simulator;
  shop.scene('A shop connects its Page.');
  const page = await shop.api.post<Named>('/v1/pages', {
    metaPageId,
    platform: 'messenger',
    pageToken,
    systemUserToken,
    adAccountId,
  });
  shop.pageId = page.id;
  const topic = await shop.api.post<Named>('/v1/topics', {
    pageId: page.id,
    title: 'New arrivals',
    expectation: 'One message a week when something new arrives.',
    kinds: ['arrivals'],
  });
  shop.topicId = topic.id;
  await shop.meta.call('POST', 'people', { pageId: metaPageId, count: PEOPLE, source: 'OPT_IN' });
  await importPeople(shop);
  shop.tell(`${page.name} is connected: ${PEOPLE} people are subscribed, one topic, *New arrivals*.`);
}

async function importPeople(shop: Shop): Promise<void> {
  const path = `/v1/pages/${shop.pageId}/sync-subscribers`;
  const { id } = await shop.api.post<{ id: string }>(path);
  await shop.until(
    'the import of subscribers',
    () => shop.api.get<{ state: string }>(`${path}/${id}`),
    (sync) => sync.state === 'done',
  );
}
