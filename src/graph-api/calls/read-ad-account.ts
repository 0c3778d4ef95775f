import type { GraphConnection } from '../graph-connection';
import type { GraphResult } from '../graph-result';
import { adAccountNode } from '../node-path';
import { asRecord, asText } from '../tolerant-json';

export interface AdAccountAtMeta {
  readonly adAccountId: string;
  readonly name?: string | undefined;
  /** ISO 4217 code. */
  readonly currency?: string | undefined;
  /** IANA name; budget days begin at its midnight. */
  readonly timeZone?: string | undefined;
  /** ISO 3166 two-letter code of the business. */
  readonly country?: string | undefined;
}

/** Reads currency, time zone and country of an ad account. */
export function readAdAccount(
  connection: GraphConnection,
  { adAccountId, systemUserToken }: { readonly adAccountId: string; readonly systemUserToken: string },
): Promise<GraphResult<AdAccountAtMeta>> {
  const query = { fields: 'id,name,currency,timezone_name,business_country_code' };
  const request = { method: 'GET', path: adAccountNode(adAccountId), token: systemUserToken, query } as const;
  return connection.call(request, (answer) => {
    const fields = asRecord(answer);
    const id = asText(fields?.['id']) ?? asText(fields?.['account_id']);
    if (fields === undefined || id === undefined) return undefined;
    return {
      adAccountId: id.replace(/^act_/, ''),
      name: asText(fields['name']),
      currency: asText(fields['currency']),
      timeZone: asText(fields['timezone_name']),
      country: asText(fields['business_country_code']),
    };
  });
}
