import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SubscriberEntity, SubscriberTagEntity } from '../persistence/entities';
import type { PersonFieldsDto } from './dto/person-fields.dto';
import type { PersonAtPage } from './identities';
import { Identities } from './identities';

/** Writes what a shop knows of a person. */
@Injectable()
export class PersonFields {
  constructor(private readonly identities: Identities) {}

  /** Changes the fields that are given, of a locked person. */
  async change(manager: EntityManager, person: PersonAtPage, fields: PersonFieldsDto): Promise<void> {
    const { timeZone, tags, externalId, email, phone } = fields;
    await this.identities.change(manager, person, { externalId, email, phone });
    if (tags !== undefined) await replaceTags(manager, person, tags ?? []);
    await manager.update(
      SubscriberEntity,
      { id: person.id },
      { ...(timeZone !== undefined && { timeZone }), rev: () => 'rev + 1', updatedAt: new Date() },
    );
  }
}

async function replaceTags(manager: EntityManager, person: PersonAtPage, tags: readonly string[]): Promise<void> {
  const { id: subscriberId, workspaceId, pageId } = person;
  await manager.delete(SubscriberTagEntity, { subscriberId });
  if (tags.length === 0) return;
  await manager.insert(
    SubscriberTagEntity,
    tags.map((tag) => ({ subscriberId, tag, workspaceId, pageId })),
  );
}
