import type { GraphConnection } from '../graph-connection';
import type { GraphResult } from '../graph-result';
import { node } from '../node-path';
import { asList, asRecord, asText } from '../tolerant-json';
import { readSuccess } from './change-campaign';

/** One Page and its token. */
export interface PageAddress {
  readonly metaPageId: string;
  readonly pageToken: string;
}

export interface PageAtMeta {
  readonly metaPageId: string;
  readonly name?: string | undefined;
  /** ISO 3166 two-letter code. */
  readonly country?: string | undefined;
}

export interface SubscribedApp {
  readonly appId: string;
  readonly fields: readonly string[];
}

/** What Herald wants to hear about a Page. Source: meta-api §12.2. */
export const WEBHOOK_FIELDS = [
  'messages',
  'messaging_postbacks',
  'messaging_optins',
  'messaging_optouts',
  'message_deliveries',
  'message_reads',
  'messaging_referrals',
  'message_reactions',
  'message_echoes',
  'messaging_policy_enforcement',
  'marketing_message_echoes',
  'marketing_message_deliveries',
  'marketing_message_reads',
  'marketing_message_clicks',
  'marketing_message_delivery_failed',
  'marketing_messages_subscriber_upload_status',
] as const;

/** Reads a Page's name and country. */
export function readPage(
  connection: GraphConnection,
  { metaPageId, pageToken }: PageAddress,
): Promise<GraphResult<PageAtMeta>> {
  return connection.call(
    {
      method: 'GET',
      path: node(metaPageId),
      token: pageToken,
      query: { fields: 'id,name,location{country,country_code}' },
    },
    (answer) => {
      const fields = asRecord(answer);
      const id = asText(fields?.['id']);
      if (fields === undefined || id === undefined) return undefined;
      return { metaPageId: id, name: asText(fields['name']), country: countryOf(fields['location']) };
    },
  );
}

/** `country` is a name in some answers and a code in others; only a code is of use. */
function countryOf(location: unknown): string | undefined {
  const fields = asRecord(location);
  return [fields?.['country_code'], fields?.['country']].map(asText).find((text) => /^[A-Z]{2}$/.test(text ?? ''));
}

/** Subscribes the app to the Page's webhooks; the call replaces what it was subscribed to before. */
export function subscribeApp(
  connection: GraphConnection,
  { metaPageId, pageToken }: PageAddress,
): Promise<GraphResult<true>> {
  const path = `${node(metaPageId)}/subscribed_apps`;
  const query = { subscribed_fields: WEBHOOK_FIELDS.join(',') };
  return connection.call({ method: 'POST', path, token: pageToken, query }, readSuccess);
}

/** Which apps hear about the Page, and what. */
export function readSubscribedApps(
  connection: GraphConnection,
  { metaPageId, pageToken }: PageAddress,
): Promise<GraphResult<readonly SubscribedApp[]>> {
  const path = `${node(metaPageId)}/subscribed_apps`;
  return connection.call({ method: 'GET', path, token: pageToken }, (answer) => {
    const rows = asRecord(answer)?.['data'];
    return Array.isArray(rows) ? asList(rows).flatMap((row) => readApp(row) ?? []) : undefined;
  });
}

function readApp(row: unknown): SubscribedApp | undefined {
  const fields = asRecord(row);
  const appId = asText(fields?.['id']);
  if (fields === undefined || appId === undefined) return undefined;
  return { appId, fields: asList(fields['subscribed_fields']).flatMap((field) => asText(field) ?? []) };
}
