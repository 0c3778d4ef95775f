import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { In } from 'typeorm';
import type { JsonObject } from '../../domain/content/json';
import type { ContentKeys } from '../ledger/campaign-content';
import { storeContents } from '../ledger/campaign-content';
import type { CampaignEntity } from '../persistence/entities';
import { CampaignMessageEntity } from '../persistence/entities';
import { Envelope } from '../security/envelope';
import { LookupHash } from '../security/lookup-hash';

/** The own contents of campaigns: encrypted, one row for each that differs. */
@Injectable()
export class CampaignContents {
  readonly keys: ContentKeys;

  constructor(
    private readonly envelope: Envelope,
    lookupHash: LookupHash,
  ) {
    this.keys = { envelope, lookupHash };
  }

  /** Stores a content. @returns the id of its row */
  async store(
    manager: EntityManager,
    { id, workspaceId }: Pick<CampaignEntity, 'id' | 'workspaceId'>,
    content: Record<string, unknown>,
  ): Promise<string> {
    const [messageId] = await storeContents(manager, this.keys, { workspaceId, campaignId: id }, [
      content as JsonObject,
    ]);
    if (messageId === undefined) throw new Error(`The content of campaign ${id} was not stored.`);
    return messageId;
  }

  /** The contents of these rows, opened. */
  async open(manager: EntityManager, messageIds: readonly string[]): Promise<ReadonlyMap<string, JsonObject>> {
    const stored = await manager.findBy(CampaignMessageEntity, { id: In([...messageIds]) });
    return new Map(stored.map(({ id, contentSealed }) => [id, this.read(id, contentSealed)]));
  }

  private read(id: string, sealed: Buffer): JsonObject {
    return JSON.parse(this.envelope.open(sealed, `campaign_messages.content:${id}`).toString()) as JsonObject;
  }
}
