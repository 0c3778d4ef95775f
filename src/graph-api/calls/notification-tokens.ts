import type { GraphConnection } from '../graph-connection';
import type { GraphResult } from '../graph-result';
import { epochMs } from '../meta-time';
import { node } from '../node-path';
import { nextCursor, walkPages } from '../paging';
import type { CursorPage } from '../paging';
import { asList, asRecord, asText } from '../tolerant-json';

export interface TokenListQuestion {
  readonly metaPageId: string;
  readonly pageToken: string;
  /** Rows a page, at most 1000. */
  readonly limit?: number | undefined;
  readonly optInSource?: OptInSource | undefined;
}

type OptInSource = 'COMMENT_AUTOMATION' | 'CTM' | 'REPLY_AUTOMATION' | 'SUBSCRIBER_LIST';

/** One subscription of one person at one Page, as Meta keeps it (meta-api §5.4). */
export interface NotificationToken {
  readonly token: string;
  /** Absent for people who came from a contact list. */
  readonly psid?: string | undefined;
  /** False for whoever stopped; only an active row may be written to. */
  readonly active: boolean;
  readonly topicTitle?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly createdAtMs?: number | undefined;
  readonly expiresAtMs?: number | undefined;
  /** The earliest next paid message. */
  readonly nextPaidAtMs?: number | undefined;
  readonly customAudienceIds: readonly string[];
}

export interface TokenPage {
  readonly tokens: readonly NotificationToken[];
}

const MAX_PAGE = 1000;

const FIELDS = [
  'notification_messages_token',
  'recipient_id',
  'notification_messages_reoptin',
  'creation_timestamp',
  'token_expiry_timestamp',
  'user_token_status',
  'topic_title',
  'notification_messages_timezone',
  'next_eligible_time',
  'next_eligible_time_for_paid_messaging',
  'custom_audience_ids',
].join(',');

/**
 * Walks all subscriptions of a Page, one answer of Meta's at a time. A result that is not `ok` is the last one. Rows
 * move while the list is read, so repeats and gaps are normal.
 */
export function listNotificationTokens(
  connection: GraphConnection,
  question: TokenListQuestion,
): AsyncGenerator<GraphResult<TokenPage>, void, undefined> {
  return walkPages((after) => readTokenPage(connection, question, after));
}

/** Reads one subscription by its token. */
export function readNotificationToken(
  connection: GraphConnection,
  { token, pageToken }: { readonly token: string; readonly pageToken: string },
): Promise<GraphResult<NotificationToken>> {
  return connection.call(
    { method: 'GET', path: node(`notification_messages_${token}`), token: pageToken, query: { fields: FIELDS } },
    readToken,
  );
}

function readTokenPage(
  connection: GraphConnection,
  { metaPageId, pageToken, limit, optInSource }: TokenListQuestion,
  after: string | undefined,
): Promise<GraphResult<TokenPage & CursorPage>> {
  return connection.call(
    {
      method: 'GET',
      path: `${node(metaPageId)}/notification_message_tokens`,
      token: pageToken,
      query: {
        fields: FIELDS,
        limit: limit ?? MAX_PAGE,
        do_not_return_duplicates: true,
        opt_in_source: optInSource && [optInSource],
        after,
      },
    },
    (answer) => {
      const rows = asRecord(answer)?.['data'];
      if (!Array.isArray(rows)) return undefined;
      return { tokens: asList(rows).flatMap((row) => readToken(row) ?? []), after: nextCursor(answer) };
    },
  );
}

function readToken(row: unknown): NotificationToken | undefined {
  const fields = asRecord(row);
  const token = asText(fields?.['notification_messages_token']);
  if (fields === undefined || token === undefined) return undefined;
  return {
    token,
    psid: asText(fields['recipient_id']),
    active: fields['notification_messages_reoptin'] === 'ENABLED',
    topicTitle: asText(fields['topic_title']),
    timeZone: asText(fields['notification_messages_timezone']),
    createdAtMs: epochMs(fields['creation_timestamp']),
    expiresAtMs: epochMs(fields['token_expiry_timestamp']),
    nextPaidAtMs: epochMs(fields['next_eligible_time_for_paid_messaging']) ?? epochMs(fields['next_eligible_time']),
    customAudienceIds: asList(fields['custom_audience_ids']).flatMap((id) => asText(id) ?? []),
  };
}
