import type { EntityManager } from 'typeorm';
import { titleKey } from '../../domain/subscriber/title-key';
import { payloadOf } from '../opt-in/opt-in-payload';
import { rows } from '../persistence/database';

/** A topic of a Page as opt-ins name it. */
export interface NamedTopic {
  readonly id: string;
  readonly pageId: string;
  readonly title: string;
  readonly titleKey: string;
  readonly expectation: string;
  readonly payload: string | null;
}

interface StoredTopic {
  id: string;
  page_id: string;
  title: string;
  title_key: string;
  expectation: string;
  payload: string | null;
}

/** The topics of some Pages; those still in use first, the newest of them first. */
export async function readTopics(
  manager: EntityManager,
  workspaceIds: readonly string[],
  pageIds: readonly string[],
): Promise<NamedTopic[]> {
  const stored = await rows<StoredTopic>(
    manager,
    `SELECT id, page_id, title, title_key, expectation, payload FROM topics
      WHERE workspace_id = ANY($1) AND page_id = ANY($2) ORDER BY deleted_at IS NOT NULL, id DESC`,
    [workspaceIds, pageIds],
  );
  return stored.map((topic) => ({
    id: topic.id,
    pageId: topic.page_id,
    title: topic.title,
    titleKey: topic.title_key,
    expectation: topic.expectation,
    payload: topic.payload,
  }));
}

/** What an opt-in says about its topic: what our request carried, and the title the person saw. */
export interface OptInNames {
  readonly payload?: string | undefined;
  readonly title?: string | undefined;
}

/** The topic of an opt-in: by the payload of our request, else by its title. */
export function topicOf(
  topics: readonly NamedTopic[],
  pageId: string,
  { payload, title }: OptInNames,
): NamedTopic | undefined {
  const ofPage = topics.filter((topic) => topic.pageId === pageId);
  const byPayload =
    ofPage.find((topic) => payload === payloadOf(topic)) ?? ofPage.find((topic) => payload === `herald:${topic.id}`);
  if (byPayload !== undefined || title === undefined) return byPayload;
  return ofPage.find((topic) => topic.titleKey === titleKey(title));
}
