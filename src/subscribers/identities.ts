import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { In } from 'typeorm';
import { Problem } from '../errors/problem';
import { SubscriberIdentityEntity } from '../persistence/entities';
import { Envelope } from '../security/envelope';
import { LookupHash } from '../security/lookup-hash';
import type { IdentityKind } from './identity-hash';
import { identityHash } from './identity-hash';

/** What a shop calls a person by. */
export interface KnownBy {
  readonly externalId?: string;
  readonly email?: string;
  readonly phone?: string;
}

/** Identities as a caller changes them: undefined leaves, null removes. */
export type IdentityChanges = { readonly [K in keyof KnownBy]?: string | null | undefined };

const KINDS = { externalId: 'external_id', email: 'email', phone: 'phone' } as const;
const FIELDS = ['externalId', 'email', 'phone'] as const;

/** Where a person stands. */
export interface PersonAtPage {
  readonly id: string;
  readonly workspaceId: string;
  readonly pageId: string;
}

/** External ids, e-mail addresses and phone numbers: found by keyed hash, stored encrypted. */
@Injectable()
export class Identities {
  constructor(
    private readonly lookup: LookupHash,
    private readonly envelope: Envelope,
  ) {}

  /** @returns the people of these Pages whom a value names */
  async find(
    manager: EntityManager,
    pageIds: readonly string[],
    kind: IdentityKind,
    value: string,
  ): Promise<readonly string[]> {
    const places = pageIds.map((pageId) => ({ pageId, kind, hash: identityHash(this.lookup, kind, value, pageId) }));
    if (places.length === 0) return [];
    const found = await manager.find(SubscriberIdentityEntity, { where: places, select: { subscriberId: true } });
    return found.map(({ subscriberId }) => subscriberId);
  }

  /** What these people are known by, opened. */
  async of(manager: EntityManager, subscriberIds: readonly string[]): Promise<ReadonlyMap<string, KnownBy>> {
    const stored = await manager.findBy(SubscriberIdentityEntity, { subscriberId: In([...subscriberIds]) });
    const known = new Map<string, KnownBy>();
    for (const identity of stored) {
      const field = FIELDS.find((name) => KINDS[name] === identity.kind);
      if (field === undefined || identity.sealed === null) continue;
      const value = this.envelope.open(identity.sealed, placeOf(identity.kind, identity.pageId)).toString();
      known.set(identity.subscriberId, { ...known.get(identity.subscriberId), [field]: value });
    }
    return known;
  }

  /**
   * Replaces or removes identities of a locked person.
   *
   * @throws Problem 422 when another person at the Page has it
   */
  async change(manager: EntityManager, person: PersonAtPage, changes: IdentityChanges): Promise<void> {
    for (const field of FIELDS) {
      const value = changes[field];
      if (value !== undefined) await this.replace(manager, person, field, value);
    }
  }

  private async replace(
    manager: EntityManager,
    person: PersonAtPage,
    field: (typeof FIELDS)[number],
    value: string | null,
  ): Promise<void> {
    const kind = KINDS[field];
    await manager.delete(SubscriberIdentityEntity, { subscriberId: person.id, kind });
    if (value === null) return;
    const inserted = await manager
      .createQueryBuilder()
      .insert()
      .into(SubscriberIdentityEntity)
      .values({
        pageId: person.pageId,
        kind,
        hash: identityHash(this.lookup, kind, value, person.pageId),
        workspaceId: person.workspaceId,
        subscriberId: person.id,
        sealed: this.envelope.seal(value, placeOf(kind, person.pageId)),
      })
      .orIgnore()
      .returning(['subscriberId'])
      .execute();
    if ((inserted.raw as unknown[]).length === 0) {
      throw Problem.fields({ field, reason: 'belongs to another person at this Page' });
    }
  }
}

const placeOf = (kind: string, pageId: string): string => `subscriber_identities.${kind}:${pageId}`;
