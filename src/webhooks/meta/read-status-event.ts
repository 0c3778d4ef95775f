import type { JsonRecord } from '../../graph-api/tolerant-json';
import type { MetaEventFacts, MetaEventKind } from './meta-event';
import { asId } from './wire-values';

const KIND_BY_FIELD = {
  marketing_message_echoes: 'mm_echo',
  marketing_message_deliveries: 'mm_delivery',
  marketing_message_reads: 'mm_read',
  marketing_message_clicks: 'mm_click',
  marketing_message_delivery_failed: 'mm_failed',
} as const satisfies Readonly<Record<string, MetaEventKind>>;

export type StatusField = keyof typeof KIND_BY_FIELD;

export function isStatusField(field: string): field is StatusField {
  return Object.hasOwn(KIND_BY_FIELD, field);
}

/** What happened to a paid message (meta-api §12.4). */
export function readStatusFields(inner: JsonRecord, field: StatusField): MetaEventFacts {
  return {
    kind: KIND_BY_FIELD[field],
    windowOpens: false,
    psid: asId(inner['recipient_id']),
    token: asId(inner['messenger_subscription_token']),
    mid: asId(inner['mid']),
    trackingId: asId(inner['marketing_message_tracking_id']),
    metaCampaignId: asId(inner['message_id']),
    appId: asId(inner['app_id']),
  };
}
