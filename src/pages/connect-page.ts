import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { IsNull } from 'typeorm';
import type { HeraldConfig } from '../config/env';
import { Problem } from '../errors/problem';
import { ApiDatabase } from '../http/databases';
import { HERALD_CONFIG } from '../http/herald-config';
import { Tenant } from '../http/tenant';
import { readNowMs } from '../persistence/clock';
import { inTenantTransaction, isUniqueViolation } from '../persistence/database';
import { CampaignEntity, PageEntity, PageRateEntity } from '../persistence/entities';
import { Envelope } from '../security/envelope';
import { uuidV7 } from '../security/uuid-v7';
import type { ConnectPageRequestDto } from './dto/connect-page-request.dto';
import type { PageDto } from './dto/page.dto';
import type { PageFacts } from './page-at-meta';
import { PageAtMeta } from './page-at-meta';
import { announcePage, withdrawPage } from './page-to-come';
import { showPage } from './show-page';

/** Connects a Page: asks Meta first, then writes the Page with all that sending needs of it. */
@Injectable()
export class ConnectPage {
  private readonly ratePerSecond: number;

  constructor(
    private readonly tenant: Tenant,
    private readonly database: ApiDatabase,
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
    await this.subscribe(workspaceId, body, facts);
    try {
      return await this.tenant.transaction(workspaceId, (manager) => this.write(manager, workspaceId, body, facts));
    } catch (error) {
      throw isUniqueViolation(error) ? new Problem('PAGE.ALREADY_CONNECTED') : error;
    }
  }

  /** Outside the transaction of the request: ingestion must know of the Page before Meta does. */
  private async subscribe(workspaceId: string, body: ConnectPageRequestDto, facts: PageFacts): Promise<void> {
    const { metaPageId, platform } = body;
    const id = uuidV7();
    const apart = (work: (manager: EntityManager) => Promise<void>): Promise<void> =>
      inTenantTransaction(this.database.dataSource, workspaceId, work);
    const { tokenSealed } = this.sealed(id, body);
    await apart((manager) => announcePage(manager, { ...facts, id, workspaceId, metaPageId, platform, tokenSealed }));
    try {
      await this.atMeta.subscribe(body);
    } catch (error) {
      await apart((manager) => withdrawPage(manager, { workspaceId, metaPageId }));
      throw error;
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
    if (former === null) await manager.insert(PageEntity, { ...columns, id, workspaceId });
    else await manager.update(PageEntity, { id }, { ...columns, ...RECONNECTED, updatedAt: new Date() });
    if (typeof former?.hiddenCampaignId !== 'string') await this.equip(manager, { id, workspaceId });
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

  /** What a Page has from its first day: its rate and the hidden campaign of its single messages. */
  private async equip(
    manager: EntityManager,
    { id: pageId, workspaceId }: Pick<PageEntity, 'id' | 'workspaceId'>,
  ): Promise<void> {
    const hiddenCampaignId = uuidV7();
    await manager.update(PageEntity, { id: pageId }, { hiddenCampaignId });
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
