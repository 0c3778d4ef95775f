import { unitCost } from '../../domain/campaign/price';
import type { CampaignEntity, MessageSetEntity } from '../persistence/entities';

/** What a message of a campaign reserves, minor units, and where the price comes from. */
export interface Price {
  readonly unitCostMinor: number;
  readonly unitCostSource: string;
}

/** The price fixed at the start; before it what would be taken without Meta's estimate. */
export function priceOf(
  { unitCostMinor, unitCostSource, startAt }: CampaignEntity,
  { bidMinor, currency }: MessageSetEntity,
): Price {
  if (unitCostMinor !== null && unitCostSource !== null) return { unitCostMinor, unitCostSource };
  const unknown = { estimateUpperMinor: null, observedMinor: null, defaultMinor: null };
  const price = unitCost({ bidMinor, currency, ...unknown }, startAt.getTime());
  return { unitCostMinor: price.unitCostMinor, unitCostSource: price.source };
}
