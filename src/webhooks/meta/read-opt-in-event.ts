import { epochMs } from '../../graph-api/meta-time';
import { asText } from '../../graph-api/tolerant-json';
import type { JsonRecord } from '../../graph-api/tolerant-json';
import type { MetaEventFacts } from './meta-event';
import { asId, asStorableText, firstRecord, idOf } from './wire-values';

/** Reads `optin`: given, stopped or resumed; other plugins' opt-ins are not ours (meta-api §12.5). */
export function readOptInEvent(inner: JsonRecord, optIn: JsonRecord): MetaEventFacts | undefined {
  const token = asId(optIn['notification_messages_token']);
  const type = asText(optIn['type']);
  if (type !== undefined && type !== 'notification_messages') return undefined;
  if (type === undefined && token === undefined) return undefined;
  const kind = kindOfStatus(optIn['notification_messages_status']);
  if (kind === undefined) return undefined;
  return {
    kind,
    windowOpens: false,
    psid: idOf(inner['sender']),
    token,
    payload: asText(optIn['payload']),
    ref: asText(optIn['ref']),
    optIn: {
      title: asStorableText(optIn['title']) ?? asStorableText(optIn['topic_title']),
      timeZone: asText(optIn['notification_messages_timezone']),
      tokenExpiresAtMs: epochMs(optIn['token_expiry_timestamp']),
    },
  };
}

const OPT_OUT_KEYS = ['optout', 'opt_out', 'messaging_optout', 'messaging_optouts'];
const TOKEN_KEYS = ['notification_messages_token', 'messenger_subscription_token', 'subscription_token', 'token'];

/** Reads `messaging_optouts`, whose form Meta does not print (meta-api §19 U14): any token or sender in it is enough. */
export function readOptOutEvent(inner: JsonRecord, field: string | undefined): MetaEventFacts | undefined {
  const nested = firstRecord(inner, OPT_OUT_KEYS);
  if (nested === undefined && field !== 'messaging_optouts' && field !== 'messaging_optout') return undefined;
  const fields = nested ?? inner;
  const isResumed = kindOfStatus(fields['notification_messages_status']) === 'opt_in_resume';
  return {
    kind: isResumed ? 'opt_in_resume' : 'opt_in_stop',
    windowOpens: false,
    psid: idOf(inner['sender']) ?? asId(fields['recipient_id']) ?? asId(inner['recipient_id']),
    token: firstId(fields) ?? firstId(inner),
  };
}

function firstId(fields: JsonRecord): string | undefined {
  return TOKEN_KEYS.map((key) => asId(fields[key])).find((token) => token !== undefined);
}

/**
 * No status is an opt-in; code in the wild compares `STOP_NOTIFICATIONS` and `STOP NOTIFICATIONS` (meta-api §12.5). A
 * status nobody knows proves no consent.
 */
function kindOfStatus(status: unknown): 'opt_in' | 'opt_in_stop' | 'opt_in_resume' | undefined {
  const words = asText(status)?.trim().toUpperCase();
  if (words === undefined) return 'opt_in';
  if (words.startsWith('STOP')) return 'opt_in_stop';
  return words.startsWith('RESUME') ? 'opt_in_resume' : undefined;
}
