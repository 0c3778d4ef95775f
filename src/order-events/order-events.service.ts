import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { In, IsNull, MoreThan } from 'typeorm';
import { DAY_MS } from '../../domain/shared/duration';
import type { FieldError } from '../errors/problem';
import { Problem } from '../errors/problem';
import type { RequestKey } from '../http/current-key';
import type { ListPage } from '../http/paging';
import { decodeIdCursor, listPage } from '../http/paging';
import { RequestContext } from '../http/request-context';
import { Tenant } from '../http/tenant';
import type { ContentKeys } from '../ledger/campaign-content';
import { Waker } from '../outbox/waker';
import { readNowMs } from '../persistence/clock';
import { OrderEventEntity, PageEntity } from '../persistence/entities';
import { Envelope } from '../security/envelope';
import { LookupHash } from '../security/lookup-hash';
import type { OrderEventResult } from '../sequences/order-event';
import { recordOrderEvents } from '../sequences/record-order-events';
import type { ListOrderEventsQueryDto } from './dto/list-order-events-query.dto';
import type { OrderEventDto } from './dto/order-event.dto';
import type { ReportedEvents } from './read-order-events';
import { placeOf } from './read-order-events';
import { showOrderEvent } from './show-order-event';

/** What shops report about orders. */
@Injectable()
export class OrderEventsService {
  private readonly keys: ContentKeys;

  constructor(
    private readonly tenant: Tenant,
    private readonly waker: Waker,
    envelope: Envelope,
    lookupHash: LookupHash,
  ) {
    this.keys = { envelope, lookupHash };
  }

  /** Records events in one transaction: all of a call or, when a field is wrong, none. */
  record({ workspaceId }: RequestKey, reported: ReportedEvents): Promise<readonly OrderEventResult[]> {
    return this.tenant.transaction(workspaceId, async (manager) => {
      await requireRight(manager, reported);
      const { results, owed } = await recordOrderEvents(manager, this.keys, {
        workspaceId,
        events: reported.reports,
        dryRun: false,
      });
      RequestContext.afterCommit(() => this.waker.deliver(owed));
      return results;
    });
  }

  /** Says what would become of events, and changes nothing. */
  foresee({ workspaceId }: RequestKey, reported: ReportedEvents): Promise<readonly OrderEventResult[]> {
    return this.tenant.read(workspaceId, async (manager) => {
      await requireRight(manager, reported);
      const call = { workspaceId, events: reported.reports, dryRun: true };
      return (await recordOrderEvents(manager, this.keys, call)).results;
    });
  }

  list({ workspaceId }: RequestKey, query: ListOrderEventsQueryDto): Promise<ListPage<OrderEventDto>> {
    const { limit, cursor, ...filter } = query;
    const after = decodeIdCursor(cursor);
    return this.tenant.read(workspaceId, async (manager) => {
      const found = await manager.find(OrderEventEntity, {
        where: { workspaceId, ...filter, ...(after !== undefined && { id: MoreThan(after) }) },
        order: { id: 'ASC' },
        take: limit + 1,
      });
      return listPage(found, limit, showOrderEvent, ({ id }) => [id]);
    });
  }
}

/** @throws Problem 422 when a Page is not there, or a moment has not come: it would outdate all that follow */
async function requireRight(manager: EntityManager, reported: ReportedEvents): Promise<void> {
  const { reports: events } = reported;
  const pageIds = [...new Set(events.map(({ pageId }) => pageId))];
  const pages = await manager.find(PageEntity, {
    where: { id: In(pageIds), disconnectedAt: IsNull() },
    select: { id: true },
  });
  const known = new Set(pages.map(({ id }) => id));
  const latestMs = (await readNowMs(manager)) + DAY_MS;
  const errors = events.flatMap((event, index): FieldError[] => {
    const at = (field: string) => placeOf(reported, index, field);
    return [
      ...(known.has(event.pageId) ? [] : [{ field: at('pageId'), reason: 'is no connected Page' }]),
      ...(event.occurredAtMs <= latestMs ? [] : [{ field: at('occurredAt'), reason: 'has not come yet' }]),
    ];
  });
  if (errors.length > 0) throw Problem.fields(...errors);
}
