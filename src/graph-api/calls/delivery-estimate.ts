import type { GraphConnection } from '../graph-connection';
import type { GraphResult } from '../graph-result';
import { adAccountNode } from '../node-path';
import { asList, asNumber, asRecord } from '../tolerant-json';
import type { CampaignBudget } from './create-message-campaign';

export interface EstimateQuestion {
  readonly adAccountId: string;
  readonly systemUserToken: string;
  readonly metaPageId: string;
  readonly budget?: CampaignBudget | undefined;
  /** How long a lifetime budget runs, days. */
  readonly days?: number | undefined;
}

/** What Meta expects; a figure it leaves out is undefined. Costs are per message, minor units, and may be fractions. */
export interface DeliveryEstimate {
  readonly deliveriesLow?: number | undefined;
  readonly deliveriesHigh?: number | undefined;
  readonly unitCostLowMinor?: number | undefined;
  readonly unitCostHighMinor?: number | undefined;
}

const FIELDS = [
  'estimate_delivery_lower_bound',
  'estimate_delivery_upper_bound',
  'estimate_cost_lower_bound',
  'estimate_cost_upper_bound',
].join(',');

/** Asks for expected deliveries and price (meta-api §10.4). */
export function deliveryEstimate(
  connection: GraphConnection,
  question: EstimateQuestion,
): Promise<GraphResult<DeliveryEstimate>> {
  return connection.call(
    {
      method: 'GET',
      path: `${adAccountNode(question.adAccountId)}/message_delivery_estimate`,
      token: question.systemUserToken,
      query: {
        ...(question.budget && { [`${question.budget.type}_budget`]: question.budget.amountMinor }),
        lifetime_in_days: question.days,
        pacing_type: 'no_pacing',
        is_direct_send_campaign: true,
        promoted_object: { page_id: question.metaPageId },
        targeting_spec: { publisher_platforms: ['messenger'], messenger_positions: ['marketing_messages'] },
        fields: FIELDS,
      },
    },
    readEstimate,
  );
}

function readEstimate(answer: unknown): DeliveryEstimate | undefined {
  const fields = asRecord(answer);
  if (fields === undefined) return undefined;
  const row = asRecord(asList(fields['data'])[0]) ?? {};
  return {
    deliveriesLow: asNumber(row['estimate_delivery_lower_bound']),
    deliveriesHigh: asNumber(row['estimate_delivery_upper_bound']),
    unitCostLowMinor: asNumber(row['estimate_cost_lower_bound']),
    unitCostHighMinor: asNumber(row['estimate_cost_upper_bound']),
  };
}
