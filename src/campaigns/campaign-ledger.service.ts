import { Injectable } from '@nestjs/common';
import type { SendState } from '../../domain/delivery/send-transitions';
import type { RequestKey } from '../http/current-key';
import type { ListPage, PageQueryDto } from '../http/paging';
import { decodeIdCursor, listPage } from '../http/paging';
import { Tenant } from '../http/tenant';
import { insightOfSend, insightsByDay, insightsTotal, spendOf } from '../ledger/insights';
import { ledgerEntries, recipients } from '../ledger/read-ledger';
import { showRecipient } from '../messages/show-message';
import type { RecipientDto } from '../messages/dto/recipient.dto';
import { PageEntity } from '../persistence/entities';
import { findCampaign, setOf } from './campaign-rows';
import type { InsightDayDto, InsightRecipientDto, InsightTotalDto } from './dto/insights.dto';
import type { LedgerEntryDto } from './dto/ledger-entry.dto';
import type { ListRecipientsQueryDto } from './dto/list-recipients-query.dto';
import { daysAfter } from './insight-days';
import { showEntry } from './show-entry';
import { showFigures } from './show-figures';

/** Who got what, and what it cost. */
@Injectable()
export class CampaignLedgerService {
  constructor(private readonly tenant: Tenant) {}

  recipients({ workspaceId }: RequestKey, id: string, query: ListRecipientsQueryDto): Promise<ListPage<RecipientDto>> {
    const after = decodeIdCursor(query.cursor);
    return this.tenant.read(workspaceId, async (manager) => {
      const states = query.state as SendState[] | undefined;
      const found = await recipients(manager, (await findCampaign(manager, id)).id, {
        after,
        states,
        limit: query.limit,
      });
      return listPage(found, query.limit, showRecipient, (send) => [send.id]);
    });
  }

  ledger({ workspaceId }: RequestKey, id: string, { cursor, limit }: PageQueryDto): Promise<ListPage<LedgerEntryDto>> {
    const after = decodeIdCursor(cursor);
    return this.tenant.read(workspaceId, async (manager) => {
      const found = await ledgerEntries(manager, (await findCampaign(manager, id)).id, { after, limit });
      return listPage(found, limit, showEntry, (entry) => [entry.id]);
    });
  }

  total({ workspaceId }: RequestKey, id: string): Promise<InsightTotalDto> {
    return this.tenant.read(workspaceId, async (manager) => {
      await findCampaign(manager, id);
      const { currency } = await setOf(manager, id);
      return { by: 'total', currency, ...showFigures(await insightsTotal(manager, id)) };
    });
  }

  byDay({ workspaceId }: RequestKey, id: string, query: PageQueryDto): Promise<ListPage<InsightDayDto>> {
    return this.tenant.read(workspaceId, async (manager) => {
      const { pageId } = await findCampaign(manager, id);
      const { timeZone } = await manager.findOneByOrFail(PageEntity, { id: pageId });
      const days = daysAfter(await insightsByDay(manager, id, timeZone), query.cursor);
      return listPage(
        days,
        query.limit,
        ([day, counts]) => ({ day, ...showFigures(counts) }),
        ([day]) => [day],
      );
    });
  }

  byRecipient({ workspaceId }: RequestKey, id: string, query: PageQueryDto): Promise<ListPage<InsightRecipientDto>> {
    const after = decodeIdCursor(query.cursor);
    return this.tenant.read(workspaceId, async (manager) => {
      const found = await recipients(manager, (await findCampaign(manager, id)).id, { after, limit: query.limit });
      const spent = await spendOf(
        manager,
        found.map((send) => send.id),
      );
      const show = (send: (typeof found)[number]): InsightRecipientDto => ({
        id: send.id,
        subscriberId: send.subscriberId,
        state: send.state,
        ...showFigures(insightOfSend(send, spent.get(send.id) ?? 0)),
      });
      return listPage(found, query.limit, show, (send) => [send.id]);
    });
  }
}
