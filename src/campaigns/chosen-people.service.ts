import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Problem } from '../errors/problem';
import type { RequestKey } from '../http/current-key';
import { RequestContext } from '../http/request-context';
import { Tenant } from '../http/tenant';
import type { ChosenResult } from '../ledger/queue-chosen';
import { CampaignClosedError, queueChosen } from '../ledger/queue-chosen';
import { Waker } from '../outbox/waker';
import { readNowMs } from '../persistence/clock';
import type { CampaignEntity } from '../persistence/entities';
import { uuidV7 } from '../security/uuid-v7';
import { CampaignContents } from './campaign-contents';
import { findCampaign } from './campaign-rows';
import { closedProblem } from './closed-problem';
import type { ChosenDto } from './dto/chosen.dto';
import type { ChosenBody } from './read-chosen';

/** Takes people chosen one by one; what becomes of each is decided by batches and stands in the ledger. */
@Injectable()
export class ChosenPeopleService {
  constructor(
    private readonly tenant: Tenant,
    private readonly contents: CampaignContents,
    private readonly waker: Waker,
  ) {}

  /** @throws Problem 409 with the state when the campaign takes nobody, 422 when somebody would get nothing */
  choose({ workspaceId }: RequestKey, id: string, body: ChosenBody): Promise<ChosenDto> {
    return this.tenant.transaction(workspaceId, async (manager) => {
      const campaign = await findCampaign(manager, id);
      const batchId = uuidV7();
      const { owed, received, duplicates, unknown, unknownIds } = await this.queue(manager, campaign, batchId, body);
      RequestContext.afterCommit(() => this.waker.deliver(owed));
      return { batchId, received, duplicates, unknown, unknownIds: [...unknownIds] };
    });
  }

  private async queue(
    manager: EntityManager,
    campaign: CampaignEntity,
    choiceId: string,
    { content, recipients }: ChosenBody,
  ): Promise<ChosenResult> {
    const { id: campaignId, workspaceId, pageId } = campaign;
    try {
      if (content === null && campaign.messageId === null) requireOwnContents(recipients);
      const call = { workspaceId, pageId, campaignId, choiceId, defaultContent: content, recipients };
      return await queueChosen(manager, this.contents.keys, call);
    } catch (error) {
      if (error instanceof CampaignClosedError) throw closedProblem(error, await readNowMs(manager));
      throw error;
    }
  }
}

/** @throws Problem 422 naming the first person who would get nothing */
function requireOwnContents(recipients: ChosenBody['recipients']): void {
  const index = recipients.findIndex(({ content }) => content === undefined);
  if (index < 0) return;
  const reason = 'is missing, and neither the call nor the campaign has a content';
  throw Problem.fields({ field: `recipients[${index}].content`, reason });
}
