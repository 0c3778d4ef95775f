import { Table } from '../store/table';
import type { Campaign } from './campaign';

export type CampaignObject = 'ad' | 'adSet' | 'campaign';

/** Campaigns by each of the three ids the platform gives them. */
export class Campaigns {
  readonly table: Table<Campaign>;
  private readonly byId = new Map<string, readonly [object: CampaignObject, campaign: Campaign]>();

  constructor(onChange: () => void) {
    this.table = new Table('campaigns', onChange);
  }

  resume(): void {
    for (const campaign of this.table.values()) this.index(campaign);
  }

  add(campaign: Campaign): void {
    this.table.put(campaign);
    this.index(campaign);
  }

  put(campaign: Campaign): void {
    this.table.put(campaign);
  }

  /** By message id, the one sends name. */
  get(id: string): Campaign | undefined {
    return this.table.get(id);
  }

  /** By message, ad set or campaign id, saying which it was. */
  find(id: string): readonly [object: CampaignObject, campaign: Campaign] | undefined {
    return this.byId.get(id);
  }

  ofPage(pageId: string): Campaign[] {
    return [...this.table.values()].filter((campaign) => campaign.pageId === pageId);
  }

  clear(): void {
    this.table.clear();
    this.byId.clear();
  }

  removeOfPage(pageId: string): void {
    for (const campaign of this.ofPage(pageId)) {
      this.table.delete(campaign.id);
      for (const id of [campaign.id, campaign.adSetId, campaign.campaignId]) this.byId.delete(id);
    }
  }

  private index(campaign: Campaign): void {
    this.byId.set(campaign.id, ['ad', campaign]);
    this.byId.set(campaign.adSetId, ['adSet', campaign]);
    this.byId.set(campaign.campaignId, ['campaign', campaign]);
  }
}
