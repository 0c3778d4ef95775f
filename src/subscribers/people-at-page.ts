import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SubscriberEntity, SubscriberIdentityEntity } from '../persistence/entities';
import { Envelope } from '../security/envelope';
import { LookupHash } from '../security/lookup-hash';
import { uuidV7 } from '../security/uuid-v7';
import { identityHash } from './identity-hash';

/** Finds people by PSID, and makes the row of somebody who was not known. */
@Injectable()
export class PeopleAtPage {
  constructor(
    private readonly lookup: LookupHash,
    private readonly envelope: Envelope,
  ) {}

  /** @returns the person with this PSID, locked, and whether the row is new */
  async findOrCreate(
    manager: EntityManager,
    at: { readonly workspaceId: string; readonly pageId: string },
    psid: string,
  ): Promise<{ readonly id: string; readonly isNew: boolean }> {
    const hash = identityHash(this.lookup, 'psid', psid, at.pageId);
    const id = uuidV7();
    const inserted = await manager
      .createQueryBuilder()
      .insert()
      .into(SubscriberIdentityEntity)
      .values({ ...at, kind: 'psid', hash, subscriberId: id, sealed: null })
      .orIgnore()
      .returning(['subscriberId'])
      .execute();
    if ((inserted.raw as unknown[]).length > 0) {
      const psidSealed = this.envelope.seal(psid, psidPlace(at.pageId));
      await manager.insert(SubscriberEntity, { ...at, id, psidSealed, source: 'wrote' });
      return { id, isNew: true };
    }
    const known = await manager.findOneByOrFail(SubscriberIdentityEntity, { pageId: at.pageId, kind: 'psid', hash });
    return { id: known.subscriberId, isNew: false };
  }

  /** @returns the PSID of a person, or undefined when none is known */
  psidOf({ psidSealed, pageId }: Pick<SubscriberEntity, 'psidSealed' | 'pageId'>): string | undefined {
    return psidSealed === null ? undefined : this.envelope.open(psidSealed, psidPlace(pageId)).toString();
  }
}

/** The row's id is not known before the PSID is sealed, so its Page is the place. */
const psidPlace = (pageId: string): string => `subscribers.psid:${pageId}`;
