import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { IsNull } from 'typeorm';
import type { HeraldConfig } from '../config/env';
import { Problem } from '../errors/problem';
import { HERALD_CONFIG } from '../http/herald-config';
import { Tenant } from '../http/tenant';
import { readNowMs } from '../persistence/clock';
import { isUniqueViolation } from '../persistence/database';
import { CampaignEntity, PageEntity, PageRateEntity } from '../persistence/entities';
import { Envelope } from '../security/envelope';
import { uuidV7 } from '../security/uuid-v7';
import type { ConnectPageRequestDto } from './dto/connect-page-request.dto';
import type { PageDto } from './dto/page.dto';
import type { PageFacts } from './page-at-meta';
import { PageAtMeta } from './page-at-meta';
import { showPage } from './show-page';

/** Connects a Page: asks Meta first, then writes the Page with all that sending needs of it. */
@Injectable()
export class ConnectPage {
  private readonly ratePerSecond: number;

  constructor(
    private readonly tenant: Tenant,
    private readonly atMeta: PageAtMeta,
    private readonly envelope: Envelope,
    @Inject(HERALD_CONFIG) config: HeraldConfig,
  ) {
    this.ratePerSecond = config.rates.sendRateStart;
  }

  /** @throws Problem 409 when it is connected, 422 when Meta refuses, 502 when Meta gives no answer */
  async connect(workspaceId: string, body: ConnectPageRequestDto): Promise<PageDto> {
    const { metaPageId } = body;
    const isConnected = await this.tenant.read(workspaceId, (manager) =>
      manager.existsBy(PageEntity, { metaPageId, disconnectedAt: IsNull() }),
    );
    if (isConnected) throw new Problem('PAGE.ALREADY_CONNECTED');
    const facts = await this.atMeta.complete(body);
    await this.atMeta.subscribe(body);
    try {
      return await this.tenant.transaction(workspaceId, (manager) => this.write(manager, workspaceId, body, facts));
    } catch (error) {
      throw isUniqueViolation(error) ? new Problem('PAGE.ALREADY_CONNECTED') : error;
    }
  }

  private async write(
    manager: EntityManager,
    workspaceId: string,
    body: ConnectPageRequestDto,
    facts: PageFacts,
  ): Promise<PageDto> {
    const former = await manager.findOne(PageEntity, {
      where: { metaPageId: body.metaPageId },
      lock: { mode: 'for_no_key_update' },
    });
    if (former !== null && former.disconnectedAt === null) throw new Problem('PAGE.ALREADY_CONNECTED');
    const id = former?.id ?? uuidV7();
    const columns = { ...facts, ...this.sealed(id, body), platform: body.platform, metaPageId: body.metaPageId };
    if (former === null) await this.insert(manager, { ...columns, id, workspaceId });
    else await manager.update(PageEntity, { id }, { ...columns, ...RECONNECTED, updatedAt: new Date() });
    return showPage(await manager.findOneByOrFail(PageEntity, { id }));
  }

  private sealed(
    id: string,
    { pageToken, systemUserToken }: ConnectPageRequestDto,
  ): Pick<PageEntity, 'tokenSealed' | 'systemUserTokenSealed'> {
    return {
      tokenSealed: this.envelope.seal(pageToken, `pages.token:${id}`),
      systemUserTokenSealed:
        systemUserToken === undefined ? null : this.envelope.seal(systemUserToken, `pages.system_user_token:${id}`),
    };
  }

  private async insert(
    manager: EntityManager,
    page: Partial<PageEntity> & Pick<PageEntity, 'id' | 'workspaceId'>,
  ): Promise<void> {
    const pageId = page.id;
    const { workspaceId } = page;
    const hiddenCampaignId = uuidV7();
    await manager.insert(PageEntity, { ...page, hiddenCampaignId });
    await manager.insert(PageRateEntity, { pageId, workspaceId, ratePerSecond: this.ratePerSecond });
    const startAt = new Date(await readNowMs(manager));
    await manager.insert(CampaignEntity, { ...HIDDEN_CAMPAIGN, id: hiddenCampaignId, workspaceId, pageId, startAt });
  }
}

/** Single messages belong to it: no budget, no workflow, in no list. */
const HIDDEN_CAMPAIGN = {
  name: 'single messages',
  kind: 'direct',
  hidden: true,
  state: 'active',
  whenSlotTaken: 'hold',
  whenBudgetUsedUp: 'refuse',
} as const;

const RECONNECTED = { disconnectedAt: null, restriction: null, restrictionReason: null, restrictedAt: null } as const;
