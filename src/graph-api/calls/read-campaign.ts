import type { GraphConnection } from '../graph-connection';
import type { GraphResult } from '../graph-result';
import { dateTimeMs } from '../meta-time';
import { node } from '../node-path';
import { asNumber, asRecord, asText } from '../tolerant-json';

/** One campaign at Meta and the token that may see it. */
export interface CampaignAddress {
  readonly metaCampaignId: string;
  readonly systemUserToken: string;
}

export interface CampaignAtMeta {
  /** `ACTIVE`, `IN_PROCESS`, `PAUSED`, … (meta-api §6.3); new values may appear. */
  readonly effectiveStatus?: string | undefined;
  readonly name?: string | undefined;
  /** Where budget and end are changed. */
  readonly adSetId?: string | undefined;
  readonly dailyBudgetMinor?: number | undefined;
  readonly lifetimeBudgetMinor?: number | undefined;
  readonly startAtMs?: number | undefined;
  readonly endAtMs?: number | undefined;
}

const FIELDS =
  'id,status,effective_status,campaign{name},adset{id,name,lifetime_budget,daily_budget,start_time,end_time}';

/** Reads state, budget and times of a campaign. */
export function readCampaign(
  connection: GraphConnection,
  { metaCampaignId, systemUserToken }: CampaignAddress,
): Promise<GraphResult<CampaignAtMeta>> {
  return connection.call(
    { method: 'GET', path: node(metaCampaignId), token: systemUserToken, query: { fields: FIELDS } },
    readState,
  );
}

function readState(answer: unknown): CampaignAtMeta | undefined {
  const fields = asRecord(answer);
  if (fields === undefined) return undefined;
  const set = asRecord(fields['adset']);
  return {
    effectiveStatus: asText(fields['effective_status']) ?? asText(fields['status']),
    name: asText(asRecord(fields['campaign'])?.['name']),
    adSetId: asText(set?.['id']),
    dailyBudgetMinor: budgetOf(set?.['daily_budget']),
    lifetimeBudgetMinor: budgetOf(set?.['lifetime_budget']),
    startAtMs: dateTimeMs(set?.['start_time']),
    endAtMs: dateTimeMs(set?.['end_time']),
  };
}

/** An unset budget comes back as `"0"`. */
function budgetOf(value: unknown): number | undefined {
  const amount = asNumber(value);
  return amount === undefined || amount === 0 ? undefined : amount;
}
