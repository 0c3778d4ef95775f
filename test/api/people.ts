import {
  SubscriberEntity,
  SubscriberTokenEntity,
  SubscriberTopicEntity,
  TopicEntity,
} from '../../src/persistence/entities';
import { randomBytes } from 'node:crypto';
import { uuidV7 } from '../../src/security/uuid-v7';
import type { ApiUnderTest } from './api-under-test';

const HOUR_MS = 3_600_000;

/** A moment from now. */
export const inHours = (hours: number): Date => new Date(Date.now() + hours * HOUR_MS);

/** Somebody at a Page. @returns our id */
export async function person(
  { owner, workspaceId }: ApiUnderTest,
  pageId: string,
  row: Partial<SubscriberEntity> = {},
): Promise<string> {
  const id = uuidV7();
  await owner.getRepository(SubscriberEntity).insert({ id, workspaceId, pageId, source: 'wrote', ...row });
  return id;
}

/** Somebody who opted in and may be sent paid messages. @returns our id */
export async function optedIn(api: ApiUnderTest, pageId: string, row: Partial<SubscriberEntity> = {}): Promise<string> {
  const tokenId = uuidV7();
  const granted = { consent: 'granted', consentAt: inHours(-48), source: 'opt_in', tokenId };
  const id = await person(api, pageId, { ...granted, ...row });
  await api.owner.getRepository(SubscriberTokenEntity).insert({
    id: tokenId,
    workspaceId: api.workspaceId,
    pageId,
    subscriberId: id,
    hash: randomBytes(32),
    sealed: Buffer.from('sealed'),
    source: 'opt_in',
  });
  return id;
}

/** A topic of a Page. @returns our id */
export async function topic(
  { owner, workspaceId }: ApiUnderTest,
  pageId: string,
  row: Partial<TopicEntity> = {},
): Promise<string> {
  const id = uuidV7();
  const title = row.title ?? 'New arrivals';
  const texts = { title, titleKey: title.toLowerCase(), expectation: 'One message a week.', kinds: ['arrivals'] };
  await owner.getRepository(TopicEntity).insert({ id, workspaceId, pageId, ...texts, ...row });
  return id;
}

/** A person opts in to a topic. */
export async function subscribed(
  { owner, workspaceId }: ApiUnderTest,
  subscriberId: string,
  topicId: string,
): Promise<void> {
  await owner
    .getRepository(SubscriberTopicEntity)
    .insert({ subscriberId, topicId, workspaceId, optedInAt: inHours(-48) });
}
