import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { In } from 'typeorm';
import { latestMs } from '../../domain/shared/facts';
import { isoTimeOrNull } from '../../domain/shared/iso-time';
import { subscriberWorkflowId } from '../../workflows/shared/names';
import type { HeraldConfig } from '../config/env';
import type { RequestKey } from '../http/current-key';
import { HERALD_CONFIG } from '../http/herald-config';
import { isoOf, present } from '../http/present';
import type { SubscriberEntity } from '../persistence/entities';
import { PageEntity, SubscriberTagEntity } from '../persistence/entities';
import { workflowUrl } from '../temporal/workflow-url';
import type { SubscribedTopicDto, SubscriberDto } from './dto/subscriber.dto';
import type { KnownBy } from './identities';
import { Identities } from './identities';
import { PeopleAtPage } from './people-at-page';
import { subscribedTopics } from './subscribed-topics';

/** What stands beside the rows of people. */
interface Beside {
  readonly metaPageIds: ReadonlyMap<string, string>;
  readonly knownBy: ReadonlyMap<string, KnownBy>;
  readonly tags: ReadonlyMap<string, string[]>;
  readonly topics: ReadonlyMap<string, SubscribedTopicDto[]>;
}

/** Shows people as the API does; what names them only to a key that may see it. */
@Injectable()
export class SubscriberAnswers {
  constructor(
    private readonly identities: Identities,
    private readonly people: PeopleAtPage,
    @Inject(HERALD_CONFIG) private readonly config: HeraldConfig,
  ) {}

  /** @returns the people in the order of their rows */
  async show(
    manager: EntityManager,
    { scopes }: RequestKey,
    subscribers: readonly SubscriberEntity[],
  ): Promise<SubscriberDto[]> {
    const ids = subscribers.map(({ id }) => id);
    const beside: Beside = {
      metaPageIds: await metaPageIdsOf(manager, subscribers),
      knownBy: await this.identities.of(manager, ids),
      tags: await tagsOf(manager, ids),
      topics: await subscribedTopics(manager, ids),
    };
    return subscribers.map((subscriber) => this.one(subscriber, beside, scopes.includes('pii:read')));
  }

  private one(subscriber: SubscriberEntity, beside: Beside, maySeeWho: boolean): SubscriberDto {
    const { externalId, email, phone } = beside.knownBy.get(subscriber.id) ?? {};
    const workflowId = subscriberWorkflowId(subscriber.pageId, subscriber.id);
    return present({
      id: subscriber.id,
      pageId: subscriber.pageId,
      metaPageId: beside.metaPageIds.get(subscriber.pageId) ?? '',
      psid: maySeeWho ? this.people.psidOf(subscriber) : undefined,
      externalId,
      email: maySeeWho ? email : undefined,
      phone: maySeeWho ? phone : undefined,
      tags: beside.tags.get(subscriber.id) ?? [],
      timeZone: subscriber.timeZone,
      consent: subscriber.consent as SubscriberDto['consent'],
      consentAt: isoOf(subscriber.consentAt),
      source: subscriber.source,
      topics: beside.topics.get(subscriber.id) ?? [],
      windowUntil: isoOf(subscriber.windowUntil),
      paidAllowedAt: paidAllowedAt(subscriber),
      workflowId,
      temporalUrl: workflowUrl(this.config.temporal, workflowId),
      createdAt: subscriber.createdAt.toISOString(),
      updatedAt: subscriber.updatedAt.toISOString(),
    });
  }
}

/** Our slot or Meta's word, whichever is later. */
const paidAllowedAt = ({ paidSlotUntil, metaPaidUntil }: SubscriberEntity): string | null =>
  isoTimeOrNull(latestMs(paidSlotUntil?.getTime() ?? null, metaPaidUntil?.getTime() ?? null));

async function metaPageIdsOf(
  manager: EntityManager,
  subscribers: readonly SubscriberEntity[],
): Promise<Beside['metaPageIds']> {
  const pageIds = [...new Set(subscribers.map(({ pageId }) => pageId))];
  const pages = await manager.find(PageEntity, { where: { id: In(pageIds) }, select: { id: true, metaPageId: true } });
  return new Map(pages.map(({ id, metaPageId }) => [id, metaPageId]));
}

async function tagsOf(manager: EntityManager, ids: readonly string[]): Promise<Beside['tags']> {
  const stored = await manager.find(SubscriberTagEntity, {
    where: { subscriberId: In([...ids]) },
    order: { tag: 'ASC' },
  });
  const tags = new Map<string, string[]>();
  for (const { subscriberId, tag } of stored) tags.set(subscriberId, [...(tags.get(subscriberId) ?? []), tag]);
  return tags;
}
