import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { IsNull, MoreThan, Raw } from 'typeorm';
import { Problem } from '../errors/problem';
import type { RequestKey } from '../http/current-key';
import type { ListPage } from '../http/paging';
import { decodeIdCursor, listPage } from '../http/paging';
import { present } from '../http/present';
import { Tenant } from '../http/tenant';
import { AutomationEntity } from '../persistence/entities';
import { Envelope } from '../security/envelope';
import { uuidV7 } from '../security/uuid-v7';
import { statusKey } from '../sequences/order-event';
import type { Step } from '../sequences/steps';
import { openSteps, sealSteps, stepsOfAutomation } from '../sequences/steps';
import type { AutomationParts } from './automation-errors';
import { automationErrors } from './automation-errors';
import type { AutomationDto } from './dto/automation.dto';
import type { CreateAutomationRequestDto } from './dto/create-automation-request.dto';
import type { ListAutomationsQueryDto } from './dto/list-automations-query.dto';
import type { StepDto } from './dto/step.dto';
import type { TriggerDto } from './dto/trigger.dto';
import type { UpdateAutomationRequestDto } from './dto/update-automation-request.dto';
import { showAutomation } from './show-automation';

/** Automations: what an order event starts. */
@Injectable()
export class AutomationsService {
  constructor(
    private readonly tenant: Tenant,
    private readonly envelope: Envelope,
  ) {}

  create({ workspaceId }: RequestKey, { name, ...parts }: CreateAutomationRequestDto): Promise<AutomationDto> {
    return this.tenant.transaction(workspaceId, async (manager) => {
      const id = uuidV7();
      await manager.insert(AutomationEntity, { id, workspaceId, name, ...(await this.columns(manager, id, parts)) });
      return this.shown(manager, id);
    });
  }

  list({ workspaceId }: RequestKey, query: ListAutomationsQueryDto): Promise<ListPage<AutomationDto>> {
    const { pageId, limit } = query;
    const after = decodeIdCursor(query.cursor);
    return this.tenant.read(workspaceId, async (manager) => {
      const found = await manager.find(AutomationEntity, {
        where: {
          workspaceId,
          deletedAt: IsNull(),
          ...(pageId !== undefined && { pageIds: Raw((column) => `:pageId = ANY(${column})`, { pageId }) }),
          ...(after !== undefined && { id: MoreThan(after) }),
        },
        order: { id: 'ASC' },
        take: limit + 1,
      });
      return listPage(
        found,
        limit,
        (automation) => showAutomation(this.envelope, automation),
        ({ id }) => [id],
      );
    });
  }

  read({ workspaceId }: RequestKey, id: string): Promise<AutomationDto> {
    return this.tenant.read(workspaceId, (manager) => this.shown(manager, id));
  }

  update({ workspaceId }: RequestKey, id: string, body: UpdateAutomationRequestDto): Promise<AutomationDto> {
    return this.tenant.transaction(workspaceId, async (manager) => {
      const automation = await find(manager, id, 'lock');
      const parts = {
        pageIds: body.pageIds ?? automation.pageIds,
        trigger: body.trigger ?? (automation.trigger as unknown as TriggerDto),
        steps: body.steps ?? this.stepsOf(automation),
      };
      const changed = { name: body.name ?? automation.name, ...(await this.columns(manager, id, parts)) };
      await manager.update(AutomationEntity, { id }, { ...changed, updatedAt: new Date() });
      return this.shown(manager, id);
    });
  }

  /** Turns an automation on or off; what is under way goes on. */
  turn({ workspaceId }: RequestKey, id: string, enabled: boolean): Promise<AutomationDto> {
    return this.tenant.transaction(workspaceId, async (manager) => {
      await find(manager, id, 'lock');
      await manager.update(AutomationEntity, { id }, { enabled, updatedAt: new Date() });
      return this.shown(manager, id);
    });
  }

  async remove({ workspaceId }: RequestKey, id: string): Promise<void> {
    await this.tenant.transaction(workspaceId, async (manager) => {
      await find(manager, id, 'lock');
      await manager.update(AutomationEntity, { id }, { enabled: false, deletedAt: new Date() });
    });
  }

  /** @throws Problem 422 naming every wrong field */
  private async columns(
    manager: EntityManager,
    id: string,
    parts: AutomationParts,
  ): Promise<Pick<AutomationEntity, 'pageIds' | 'triggerKind' | 'stepsSealed'> & { readonly trigger: object }> {
    const errors = await automationErrors(manager, parts);
    if (errors.length > 0) throw Problem.fields(...errors);
    const { kind, status, topicId, source } = parts.trigger;
    return {
      pageIds: parts.pageIds.map((pageId) => pageId.toLowerCase()),
      triggerKind: kind,
      trigger: present({ kind, status: statusKey(status), topicId, source }),
      stepsSealed: sealSteps(this.envelope, parts.steps as unknown as Step[], stepsOfAutomation(id)),
    };
  }

  private stepsOf({ id, stepsSealed }: AutomationEntity): StepDto[] {
    return [...openSteps(this.envelope, stepsSealed, stepsOfAutomation(id))] as StepDto[];
  }

  private async shown(manager: EntityManager, id: string): Promise<AutomationDto> {
    return showAutomation(this.envelope, await find(manager, id));
  }
}

async function find(manager: EntityManager, id: string, lock?: 'lock'): Promise<AutomationEntity> {
  const automation = await manager.findOne(AutomationEntity, {
    where: { id, deletedAt: IsNull() },
    ...(lock !== undefined && { lock: { mode: 'for_no_key_update' as const } }),
  });
  if (automation === null) throw new Problem('NOT_FOUND');
  return automation;
}
