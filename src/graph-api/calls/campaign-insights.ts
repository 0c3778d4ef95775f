import type { GraphConnection } from '../graph-connection';
import type { GraphResult } from '../graph-result';
import { node } from '../node-path';
import { asList, asRecord, asText } from '../tolerant-json';
import type { CampaignAddress } from './read-campaign';

/** Days of the ad account, both included, `YYYY-MM-DD`. */
export interface InsightRange {
  readonly since: string;
  readonly until: string;
}

export interface CampaignInsights {
  /** `marketing_messages_*` as Meta prints them; a metric without data is absent. Spend is in major units. */
  readonly metrics: Readonly<Record<string, string>>;
}

const METRICS = [
  'delivered',
  'link_btn_click',
  'spend',
  'read_rate',
  'delivery_rate',
  'link_btn_click_rate',
  'cost_per_delivered',
  'cost_per_link_btn_click',
].map((name) => `marketing_messages_${name}`);

/** Reads the totals of a campaign over the range, or over its whole life (meta-api §11). */
export function campaignInsights(
  connection: GraphConnection,
  campaign: CampaignAddress,
  range?: InsightRange,
): Promise<GraphResult<CampaignInsights>> {
  return connection.call(
    {
      method: 'GET',
      path: `${node(campaign.metaCampaignId)}/insights`,
      token: campaign.systemUserToken,
      query: { fields: METRICS.join(','), ...(range ? { time_range: range } : { date_preset: 'maximum' }) },
    },
    readTotals,
  );
}

function readTotals(answer: unknown): CampaignInsights | undefined {
  const fields = asRecord(answer);
  if (fields === undefined) return undefined;
  const row = asRecord(asList(fields['data'])[0]) ?? {};
  const present = METRICS.flatMap((name) => {
    const value = asText(row[name]);
    return value === undefined ? [] : [[name, value]];
  });
  return { metrics: Object.fromEntries(present) as Record<string, string> };
}
