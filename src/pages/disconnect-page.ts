import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { In } from 'typeorm';
import { campaignMovesTo } from '../../domain/campaign/campaign-transitions';
import { RequestContext } from '../http/request-context';
import { Tenant } from '../http/tenant';
import { moveCampaign } from '../ledger/campaign-effects';
import { wakeAll } from '../outbox/wake';
import { Waker } from '../outbox/waker';
import { readNowMs } from '../persistence/clock';
import { CampaignEntity, PageEntity } from '../persistence/entities';
import { findPage } from './pages.service';
import { stopSignal } from '../../workflows/campaign/campaign.contract';

/** Until it is connected again, single messages and requests of the Page are judged as those of a blocked Page. */
const CUT_OFF = { restriction: 'page_blocked', restrictionReason: 'disconnected' } as const;

/** Disconnects a Page: its campaigns are stopped and nothing is sent for it any more. */
@Injectable()
export class DisconnectPage {
  constructor(
    private readonly tenant: Tenant,
    private readonly waker: Waker,
  ) {}

  /** @throws Problem 404 when it is not connected */
  async disconnect(workspaceId: string, pageId: string): Promise<void> {
    await this.tenant.transaction(workspaceId, async (manager) => {
      await findPage(manager, pageId);
      await this.stopCampaigns(manager, pageId);
      const now = new Date();
      await manager.update(PageEntity, { id: pageId }, { ...CUT_OFF, disconnectedAt: now, updatedAt: now });
    });
  }

  private async stopCampaigns(manager: EntityManager, pageId: string): Promise<void> {
    const nowMs = await readNowMs(manager);
    const running = await manager.find(CampaignEntity, {
      select: { id: true, workspaceId: true },
      where: { pageId, hidden: false, state: In(campaignMovesTo('stopped', 'stop')) },
      order: { id: 'ASC' },
      lock: { mode: 'for_no_key_update' },
    });
    for (const { id: campaignId, workspaceId } of running) {
      await moveCampaign(manager, { workspaceId, campaignId }, 'stopped', 'stop', 'stopped_by_request', nowMs);
    }
    const owed = await wakeAll(
      manager,
      running.map(({ id, workspaceId }) => ({
        workspaceId,
        pageId,
        ownerKind: 'campaign',
        ownerId: id,
        signal: stopSignal.name,
      })),
    );
    RequestContext.afterCommit(() => this.waker.deliver(owed));
  }
}
