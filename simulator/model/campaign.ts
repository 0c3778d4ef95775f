export type ObjectStatus = 'ACTIVE' | 'PAUSED' | 'ARCHIVED' | 'DELETED';

/** A message campaign: what the platform calls campaign, ad set and ad, kept as one row with three ids. */
export interface Campaign {
  /** The message (ad) id: the one the platform answers, and the one sends name. */
  readonly id: string;
  readonly adSetId: string;
  readonly campaignId: string;
  readonly creativeId: string;
  readonly pageId: string;
  readonly createdMs: number;
  name: string;
  /** Minor units of the account's currency; absent when the campaign has none. */
  dailyBudget?: number;
  lifetimeBudget?: number;
  readonly bidAmount?: number;
  readonly pixelId?: string;
  startMs: number;
  endMs?: number;
  /** Sends are refused as "populating" before this, as "not ready" until `readyMs`. */
  populatedMs: number;
  readyMs: number;
  status: ObjectStatus;
  adSetStatus: ObjectStatus;
  adStatus: ObjectStatus;
  spentMinor: number;
  reservedMinor: number;
  /** Reserved or spent per local day of the ad account (YYYY-MM-DD). */
  days: Record<string, number>;
}

/** What the campaign has used of its lifetime budget: spent, or reserved by accepted sends. */
export function committedMinor(campaign: Campaign): number {
  return campaign.spentMinor + campaign.reservedMinor;
}
