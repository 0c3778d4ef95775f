import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { IsNull, MoreThan } from 'typeorm';
import { Problem } from '../errors/problem';
import type { RequestKey } from '../http/current-key';
import type { ListPage } from '../http/paging';
import { decodeIdCursor, listPage } from '../http/paging';
import { RequestContext } from '../http/request-context';
import { Tenant } from '../http/tenant';
import { requestOptIn } from '../opt-in/request-opt-in';
import { Waker } from '../outbox/waker';
import { OptInRequestEntity, SubscriberEntity, TopicEntity } from '../persistence/entities';
import { PeopleAtPage } from '../subscribers/people-at-page';
import type { CreateOptInRequestRequestDto } from './dto/create-opt-in-request-request.dto';
import type { ListOptInRequestsQueryDto } from './dto/list-opt-in-requests-query.dto';
import type { OptInRequestDto } from './dto/opt-in-request.dto';
import { showOptInRequest } from './show-opt-in-request';

/** Requests to opt in, decided before anybody is asked. */
@Injectable()
export class OptInRequestsService {
  constructor(
    private readonly tenant: Tenant,
    private readonly people: PeopleAtPage,
    private readonly waker: Waker,
  ) {}

  /**
   * Records a request; a refused one too.
   *
   * @throws Problem 422 with rule, facts and moment when it is refused
   */
  async create({ workspaceId }: RequestKey, body: CreateOptInRequestRequestDto): Promise<OptInRequestDto> {
    const request = await this.tenant.transaction(workspaceId, async (manager) => {
      const { id: topicId, pageId } = await topicOf(manager, body.topicId);
      const subscriberId = await this.personOf(manager, { workspaceId, pageId }, body);
      const whenNotAllowed = body.whenNotAllowed ?? 'refuse';
      const asked = await requestOptIn(manager, { workspaceId, pageId, subscriberId, topicId, whenNotAllowed });
      RequestContext.afterCommit(() => this.waker.deliver(asked.owed));
      return showOptInRequest(await manager.findOneByOrFail(OptInRequestEntity, { id: asked.requestId }));
    });
    if (request.state !== 'refused') return request;
    const { id, state, ruleId, facts, allowedAt } = request;
    throw new Problem('RULE.REFUSED', { id, state, ruleId, facts, allowedAt });
  }

  list({ workspaceId }: RequestKey, query: ListOptInRequestsQueryDto): Promise<ListPage<OptInRequestDto>> {
    const { limit, cursor, ...filter } = query;
    const after = decodeIdCursor(cursor);
    return this.tenant.read(workspaceId, async (manager) => {
      const found = await manager.find(OptInRequestEntity, {
        where: { workspaceId, ...filter, ...(after !== undefined && { id: MoreThan(after) }) },
        order: { id: 'ASC' },
        take: limit + 1,
      });
      return listPage(found, limit, showOptInRequest, ({ id }) => [id]);
    });
  }

  read({ workspaceId }: RequestKey, id: string): Promise<OptInRequestDto> {
    return this.tenant.read(workspaceId, async (manager) => {
      const request = await manager.findOneBy(OptInRequestEntity, { id });
      if (request === null) throw new Problem('NOT_FOUND');
      return showOptInRequest(request);
    });
  }

  private async personOf(
    manager: EntityManager,
    at: { readonly workspaceId: string; readonly pageId: string },
    { subscriberId, psid }: CreateOptInRequestRequestDto,
  ): Promise<string> {
    if ((subscriberId === undefined) === (psid === undefined)) {
      throw Problem.fields({ field: 'subscriberId', reason: 'name the person by either subscriberId or psid' });
    }
    if (psid !== undefined) return (await this.people.findOrCreate(manager, at, psid)).id;
    const person = await manager.findOneBy(SubscriberEntity, { id: subscriberId ?? '', pageId: at.pageId });
    if (person === null) {
      throw Problem.fields({ field: 'subscriberId', reason: "is nobody at the topic's Page" });
    }
    return person.id;
  }
}

async function topicOf(manager: EntityManager, id: string): Promise<TopicEntity> {
  const topic = await manager.findOneBy(TopicEntity, { id, deletedAt: IsNull() });
  if (topic === null) throw Problem.fields({ field: 'topicId', reason: 'is no topic' });
  return topic;
}
