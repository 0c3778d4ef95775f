import { asRecord, asText } from '../../graph-api/tolerant-json';
import type { JsonRecord } from '../../graph-api/tolerant-json';
import { asId, manyOf } from './wire-values';

/** One event and what its envelope says about it. */
export interface PackedEvent {
  /** The event as it stood in the envelope. */
  readonly event: unknown;
  readonly metaPageId: string | undefined;
  readonly object: string;
  /** Meta's time of the entry, as it came. */
  readonly entryTime: unknown;
}

const LISTS = ['messaging', 'standby', 'changes'] as const;

/** The events of a webhook in whichever of Meta's envelopes (meta-api §12.3, §12.4); what is no envelope is one event. */
export function unpackEnvelope(body: unknown): readonly PackedEvent[] {
  const fields = asRecord(body);
  const object = asText(fields?.['object']) ?? '';
  const entries = fields === undefined ? [] : manyOf(fields['entry']);
  if (entries.length > 0) return entries.flatMap((entry) => unpackEntry(entry, object));
  return [{ event: body, metaPageId: undefined, object, entryTime: fields?.['time'] }];
}

function unpackEntry(entry: unknown, object: string): readonly PackedEvent[] {
  const fields = asRecord(entry) ?? {};
  const packed = { metaPageId: asId(fields['id']), object, entryTime: fields['time'] };
  const events = LISTS.flatMap((name) => manyOf(fields[name]));
  if (events.length > 0) return events.map((event) => ({ ...packed, event }));
  return [{ ...packed, event: isFlatEvent(fields) ? withoutEnvelope(fields) : entry }];
}

function isFlatEvent(fields: JsonRecord): boolean {
  return fields['field'] !== undefined || fields['message_id'] !== undefined;
}

/** Id and time of the entry belong to the envelope, so the same event has one form in all of them. */
function withoutEnvelope(fields: JsonRecord): JsonRecord {
  const { id: _id, time: _time, ...event } = fields;
  return event;
}
