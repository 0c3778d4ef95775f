import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Problem } from '../errors/problem';
import type { RequestKey } from '../http/current-key';
import type { ListPage } from '../http/paging';
import { listPage } from '../http/paging';
import { RequestContext } from '../http/request-context';
import { Tenant } from '../http/tenant';
import { wake } from '../outbox/wake';
import { Waker } from '../outbox/waker';
import { readNowMs } from '../persistence/clock';
import { CampaignEntity } from '../persistence/entities';
import { CampaignAnswers } from './campaign-answers';
import { CampaignContents } from './campaign-contents';
import { CampaignDrafts } from './campaign-drafts';
import { findCampaign, lockCampaign, setOf } from './campaign-rows';
import { changeBudget, changeEnd, endOf, requireOpen, requireUnchanged } from './change-campaign';
import { ownContentErrors } from './draft-errors';
import type { CampaignDto } from './dto/campaign.dto';
import type { CreateCampaignRequestDto } from './dto/create-campaign-request.dto';
import type { ListCampaignsQueryDto } from './dto/list-campaigns-query.dto';
import type { UpdateCampaignRequestDto } from './dto/update-campaign-request.dto';
import { findCampaigns } from './find-campaigns';
import { budgetChangedSignal } from '../../workflows/campaign/campaign.contract';

/** Campaigns as they are made, read and changed. */
@Injectable()
export class CampaignsService {
  constructor(
    private readonly tenant: Tenant,
    private readonly drafts: CampaignDrafts,
    private readonly contents: CampaignContents,
    private readonly answers: CampaignAnswers,
    private readonly waker: Waker,
  ) {}

  create({ workspaceId }: RequestKey, body: CreateCampaignRequestDto): Promise<CampaignDto> {
    return this.tenant.transaction(workspaceId, async (manager) => {
      const id = await this.drafts.create(manager, body);
      return this.shown(manager, id);
    });
  }

  list({ workspaceId }: RequestKey, query: ListCampaignsQueryDto): Promise<ListPage<CampaignDto>> {
    return this.tenant.read(workspaceId, async (manager) => {
      const found = await findCampaigns(manager, workspaceId, query);
      const shown = await this.answers.show(manager, found);
      return listPage(
        shown,
        query.limit,
        (campaign) => campaign,
        ({ id }) => [id],
      );
    });
  }

  read({ workspaceId }: RequestKey, id: string): Promise<CampaignDto> {
    return this.tenant.read(workspaceId, (manager) => this.shown(manager, id));
  }

  /** @throws Problem 409 when the state does not allow the change, 422 when a field is wrong */
  update({ workspaceId }: RequestKey, id: string, body: UpdateCampaignRequestDto): Promise<CampaignDto> {
    return this.tenant.transaction(workspaceId, async (manager) => {
      const campaign = await lockCampaign(manager, id);
      if (body.name !== undefined) await manager.update(CampaignEntity, { id }, { name: body.name });
      if (body.content !== undefined) await this.changeContent(manager, campaign, body.content);
      await this.changeTerms(manager, campaign, body);
      await manager.update(CampaignEntity, { id }, { rev: () => 'rev + 1', updatedAt: new Date() });
      return this.shown(manager, id);
    });
  }

  private async changeContent(
    manager: EntityManager,
    campaign: CampaignEntity,
    content: Record<string, unknown>,
  ): Promise<void> {
    const { id, state } = campaign;
    if (state !== 'draft') {
      throw new Problem('CAMPAIGN.STATE', { state, detail: `The campaign is ${state}: its content stands.` });
    }
    const { audience } = await setOf(manager, id);
    const errors = ownContentErrors({ content, ...(audience !== null && { audience: audience }) });
    if (errors.length > 0) throw Problem.fields(...errors);
    await manager.update(CampaignEntity, { id }, { messageId: await this.contents.store(manager, campaign, content) });
  }

  /** Budget and end; Meta and the workflow hear of them. */
  private async changeTerms(
    manager: EntityManager,
    campaign: CampaignEntity,
    body: UpdateCampaignRequestDto,
  ): Promise<void> {
    const end = endOf(body);
    await requireUnchanged(manager, campaign, body);
    if (end === undefined && body.budget === undefined) return;
    requireOpen(campaign);
    if (end !== undefined) await changeEnd(manager, campaign, end, await readNowMs(manager));
    if (body.budget !== undefined) await changeBudget(manager, campaign, body.budget);
    if (campaign.state === 'draft') return;
    const { workspaceId, pageId, id: ownerId } = campaign;
    if (mayStandAtMeta(campaign)) await manager.update(CampaignEntity, { id: ownerId }, { metaOutdated: true });
    const owed = await wake(manager, {
      workspaceId,
      pageId,
      ownerKind: 'campaign',
      ownerId,
      signal: budgetChangedSignal.name,
    });
    RequestContext.afterCommit(() => this.waker.deliver([owed]));
  }

  private async shown(manager: EntityManager, id: string): Promise<CampaignDto> {
    const [shown] = await this.answers.show(manager, [await findCampaign(manager, id)]);
    if (shown === undefined) throw new Problem('NOT_FOUND');
    return shown;
  }
}

/** Bytes of a create have left, known or not what became of them. */
const mayStandAtMeta = ({ metaCampaignId, metaCreateTriedAt }: CampaignEntity): boolean =>
  metaCampaignId !== null || metaCreateTriedAt !== null;
