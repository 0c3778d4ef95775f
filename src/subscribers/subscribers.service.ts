import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { IsNull } from 'typeorm';
import { Problem } from '../errors/problem';
import type { RequestKey } from '../http/current-key';
import type { ListPage } from '../http/paging';
import { listPage } from '../http/paging';
import { RequestContext } from '../http/request-context';
import { Tenant } from '../http/tenant';
import { wake } from '../outbox/wake';
import { Waker } from '../outbox/waker';
import { readNowMs } from '../persistence/clock';
import { PageEntity, SubscriberEntity } from '../persistence/entities';
import type { CreateSubscriberRequestDto } from './dto/create-subscriber-request.dto';
import type { ListSubscribersQueryDto } from './dto/list-subscribers-query.dto';
import type { SubscriberDto } from './dto/subscriber.dto';
import type { UpdateSubscriberRequestDto } from './dto/update-subscriber-request.dto';
import { FindSubscribers } from './find-subscribers';
import { optOutByApi } from './opt-out';
import { PeopleAtPage } from './people-at-page';
import { PersonFields } from './person-fields';
import { SubscriberAnswers } from './subscriber-answers';
import { refreshSignal } from '../../workflows/shared/lifecycle.contract';

/** People as the API keeps them. */
@Injectable()
export class SubscribersService {
  constructor(
    private readonly tenant: Tenant,
    private readonly people: PeopleAtPage,
    private readonly fields: PersonFields,
    private readonly search: FindSubscribers,
    private readonly answers: SubscriberAnswers,
    private readonly waker: Waker,
  ) {}

  /** Makes a person, or takes over the fields for one who is known at the Page by this PSID. */
  register(
    key: RequestKey,
    { pageId, psid, ...fields }: CreateSubscriberRequestDto,
  ): Promise<{ readonly subscriber: SubscriberDto; readonly isNew: boolean }> {
    return this.tenant.transaction(key.workspaceId, async (manager) => {
      const isPage = await manager.existsBy(PageEntity, { id: pageId, disconnectedAt: IsNull() });
      if (!isPage) throw Problem.fields({ field: 'pageId', reason: 'is no connected Page' });
      const { id, isNew } = await this.people.findOrCreate(manager, { workspaceId: key.workspaceId, pageId }, psid);
      await this.fields.change(manager, await locked(manager, id), fields);
      return { subscriber: await this.shown(manager, key, id), isNew };
    });
  }

  list(key: RequestKey, query: ListSubscribersQueryDto): Promise<ListPage<SubscriberDto>> {
    return this.tenant.read(key.workspaceId, async (manager) => {
      const found = await this.search.find(manager, key.workspaceId, query);
      const shown = await this.answers.show(manager, key, found);
      return listPage(
        shown,
        query.limit,
        (subscriber) => subscriber,
        ({ id }) => [id],
      );
    });
  }

  read(key: RequestKey, id: string): Promise<SubscriberDto> {
    return this.tenant.read(key.workspaceId, (manager) => this.shown(manager, key, id));
  }

  update(
    key: RequestKey,
    id: string,
    { pageId, psid: _psid, ...fields }: UpdateSubscriberRequestDto,
  ): Promise<SubscriberDto> {
    return this.tenant.transaction(key.workspaceId, async (manager) => {
      const person = await locked(manager, id);
      if (pageId !== undefined && pageId.toLowerCase() !== person.pageId) {
        throw Problem.fields({ field: 'pageId', reason: 'cannot be changed: a person stays at their Page' });
      }
      await this.fields.change(manager, person, fields);
      return this.shown(manager, key, id);
    });
  }

  /** Gives a person their workflow, or asks it to look at the record again. */
  wake(key: RequestKey, id: string): Promise<SubscriberDto> {
    return this.tenant.transaction(key.workspaceId, async (manager) => {
      const { pageId, workspaceId } = await locked(manager, id);
      const owed = await wake(manager, {
        workspaceId,
        pageId,
        ownerKind: 'subscriber',
        ownerId: id,
        signal: refreshSignal.name,
      });
      RequestContext.afterCommit(() => this.waker.deliver([owed]));
      return this.shown(manager, key, id);
    });
  }

  /** Stops marketing to a person: the row at once, Meta from the outbox. */
  optOut(key: RequestKey, id: string): Promise<SubscriberDto> {
    return this.tenant.transaction(key.workspaceId, async (manager) => {
      const { workspaceId } = await locked(manager, id);
      const nowMs = await readNowMs(manager);
      const { owed } = await optOutByApi(manager, { workspaceId, subscriberId: id, nowMs });
      RequestContext.afterCommit(() => this.waker.deliver(owed));
      return this.shown(manager, key, id);
    });
  }

  private async shown(manager: EntityManager, key: RequestKey, id: string): Promise<SubscriberDto> {
    const subscriber = await manager.findOneBy(SubscriberEntity, { id });
    const [shown] = subscriber === null ? [] : await this.answers.show(manager, key, [subscriber]);
    if (shown === undefined) throw new Problem('NOT_FOUND');
    return shown;
  }
}

async function locked(manager: EntityManager, id: string): Promise<SubscriberEntity> {
  const found = await manager.findOne(SubscriberEntity, { where: { id }, lock: { mode: 'for_no_key_update' } });
  if (found === null) throw new Problem('NOT_FOUND');
  return found;
}
