import type { GraphConnection } from '../graph-connection';
import type { GraphResult } from '../graph-result';
import { node } from '../node-path';
import { asNumber, asRecord } from '../tolerant-json';

/** Whom to unsubscribe; a PSID or a token stands alone, a phone number and an e-mail address may stand together. */
export type UnsubscribeRow =
  | { readonly psid: string }
  | { readonly subscriptionToken: string }
  | { readonly phone?: string | undefined; readonly email?: string | undefined };

export interface UnsubscribeReceipt {
  readonly invalidRows: number;
}

/** Opts people out at Meta, from the business's side (meta-api §5.6). */
export function unsubscribe(
  connection: GraphConnection,
  page: { readonly metaPageId: string; readonly pageToken: string },
  rows: readonly UnsubscribeRow[],
): Promise<GraphResult<UnsubscribeReceipt>> {
  return connection.call(
    {
      method: 'POST',
      path: `${node(page.metaPageId)}/messaging_customer_base/unsubscribe`,
      token: page.pageToken,
      body: { data: rows.map(toWireRow) },
    },
    (answer) => {
      const fields = asRecord(answer);
      return fields && { invalidRows: asNumber(fields['invalid_rows_count']) ?? 0 };
    },
  );
}

function toWireRow(row: UnsubscribeRow): Readonly<Record<string, unknown>> {
  return 'subscriptionToken' in row ? { subscriber_token: row.subscriptionToken } : row;
}
