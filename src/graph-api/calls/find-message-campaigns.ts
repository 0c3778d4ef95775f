import type { GraphConnection } from '../graph-connection';
import type { GraphResult } from '../graph-result';
import { dateTimeMs } from '../meta-time';
import { adAccountNode } from '../node-path';
import { nextCursor, walkPages } from '../paging';
import type { CursorPage } from '../paging';
import { asList, asRecord, asText } from '../tolerant-json';

export interface CampaignSearch {
  readonly adAccountId: string;
  readonly systemUserToken: string;
  /** A part of the campaign's name: our own campaign id. */
  readonly nameMark: string;
}

export interface FoundCampaign {
  readonly metaCampaignId: string;
  readonly name: string;
  readonly effectiveStatus?: string | undefined;
  readonly createdAtMs?: number | undefined;
}

interface FoundPage extends CursorPage {
  readonly found: readonly FoundCampaign[];
}

const FIELDS = 'id,effective_status,created_time,campaign{name,is_direct_send_campaign,is_message_campaign}';

/** Every message campaign of the ad account whose name holds the mark, older first where Meta says when. */
export async function findMessageCampaigns(
  connection: GraphConnection,
  search: CampaignSearch,
): Promise<GraphResult<readonly FoundCampaign[]>> {
  const all: FoundCampaign[] = [];
  for await (const page of walkPages((after) => readPageOfAds(connection, search, after))) {
    if (page.kind !== 'ok') return page;
    all.push(...page.value.found);
    if (page.value.after === undefined) return { ...page, value: all.sort(byAge) };
  }
  return { kind: 'unknown', reason: 'broken_answer' };
}

function readPageOfAds(
  connection: GraphConnection,
  search: CampaignSearch,
  after: string | undefined,
): Promise<GraphResult<FoundPage>> {
  return connection.call(
    {
      method: 'GET',
      path: `${adAccountNode(search.adAccountId)}/ads`,
      token: search.systemUserToken,
      query: {
        fields: FIELDS,
        filtering: [{ field: 'campaign.name', operator: 'CONTAIN', value: search.nameMark }],
        limit: 200,
        after,
      },
    },
    (answer) => readFound(answer, search.nameMark),
  );
}

function readFound(answer: unknown, nameMark: string): FoundPage | undefined {
  const rows = asRecord(answer)?.['data'];
  if (!Array.isArray(rows)) return undefined;
  const found = asList(rows).flatMap((row) => readAd(row) ?? []);
  return { found: found.filter(({ name }) => name.includes(nameMark)), after: nextCursor(answer) };
}

function readAd(row: unknown): FoundCampaign | undefined {
  const fields = asRecord(row);
  const metaCampaignId = asText(fields?.['id']);
  if (fields === undefined || metaCampaignId === undefined) return undefined;
  return {
    metaCampaignId,
    name: asText(asRecord(fields['campaign'])?.['name']) ?? asText(fields['name']) ?? '',
    effectiveStatus: asText(fields['effective_status']),
    createdAtMs: dateTimeMs(fields['created_time']),
  };
}

function byAge(a: FoundCampaign, b: FoundCampaign): number {
  return (a.createdAtMs ?? 0) - (b.createdAtMs ?? 0);
}
