import { asRecord, asText } from '../../graph-api/tolerant-json';
import type { JsonRecord } from '../../graph-api/tolerant-json';
import type { MetaEventFacts } from './meta-event';
import { readConversationEvent } from './read-conversation-event';
import { readOptOutEvent } from './read-opt-in-event';
import { isStatusField, readStatusFields } from './read-status-event';

export interface ReadEvent {
  /** The event without the wrapping of `changes`; the same whatever envelope it came in. */
  readonly inner: unknown;
  readonly facts: MetaEventFacts;
}

export const IGNORED: MetaEventFacts = { kind: 'ignored', windowOpens: false };

/** What one event says, in whichever form it came: an item of `messaging`, a change with its value, or flat. */
export function readEvent(event: unknown): ReadEvent {
  const outer = asRecord(event);
  if (outer === undefined) return { inner: event, facts: IGNORED };
  const value = asRecord(outer['value']);
  const field = fieldOf(outer, value);
  const inner = value === undefined ? outer : { ...value, ...(field !== undefined && { field }) };
  return { inner, facts: readFacts(inner, field) };
}

function readFacts(inner: JsonRecord, field: string | undefined): MetaEventFacts {
  if (field !== undefined && isStatusField(field)) return readStatusFields(inner, field);
  return readOptOutEvent(inner, field) ?? readConversationEvent(inner) ?? IGNORED;
}

/** `marketing_message_delivery_failed` alone carries no `field` of its own (meta-api §12.4). */
function fieldOf(outer: JsonRecord, value: JsonRecord | undefined): string | undefined {
  const named = asText(outer['field']) ?? asText(value?.['field']);
  if (named !== undefined) return named;
  const fields = value ?? outer;
  const isFailure = fields['error_message'] !== undefined && fields['messenger_subscription_token'] !== undefined;
  return isFailure ? 'marketing_message_delivery_failed' : undefined;
}
