import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Problem } from '../errors/problem';
import type { ListPage, PageQueryDto } from '../http/paging';
import { Tenant } from '../http/tenant';
import { SubscriberEntity } from '../persistence/entities';
import type { EligibilityQueryDto } from './dto/eligibility-query.dto';
import type { EligibilityDto } from './dto/eligibility.dto';
import type { TimelineEntryDto } from './dto/timeline-entry.dto';
import { eligibilityOf } from './eligibility';
import { timelineOf } from './timeline/timeline';

/** What the record says about one person. */
@Injectable()
export class SubscriberRecord {
  constructor(private readonly tenant: Tenant) {}

  timeline(workspaceId: string, id: string, query: PageQueryDto): Promise<ListPage<TimelineEntryDto>> {
    return this.tenant.read(workspaceId, async (manager) => {
      await requirePerson(manager, id);
      return timelineOf(manager, id, query);
    });
  }

  eligibility(workspaceId: string, id: string, query: EligibilityQueryDto): Promise<EligibilityDto> {
    return this.tenant.read(workspaceId, async (manager) => {
      await requirePerson(manager, id);
      return eligibilityOf(manager, workspaceId, id, query);
    });
  }
}

async function requirePerson(manager: EntityManager, id: string): Promise<void> {
  if (!(await manager.existsBy(SubscriberEntity, { id }))) throw new Problem('NOT_FOUND');
}
