import { createHash } from 'node:crypto';
import { parseExactJson } from '../../graph-api/exact-json';
import { epochMs } from '../../graph-api/meta-time';
import { asRecord } from '../../graph-api/tolerant-json';
import { dedupeKey } from './dedupe-key';
import type { MetaEvent } from './meta-event';
import { IGNORED, readEvent } from './read-event';
import { unpackEnvelope } from './unpack-envelope';
import type { PackedEvent } from './unpack-envelope';
import { asId, idOf } from './wire-values';

export type ParsedWebhook =
  { readonly kind: 'events'; readonly events: readonly MetaEvent[] } | { readonly kind: 'not_json' };

/**
 * The events of one webhook call. Any JSON gives events, unknown ones as `ignored`; it never throws.
 *
 * @param receivedAtMs - business time of arrival, milliseconds: stands in where Meta gives no time
 */
export function parseMetaWebhook(rawBody: Buffer, receivedAtMs: number): ParsedWebhook {
  const text = rawBody.toString('utf8');
  let body: unknown;
  try {
    body = parseExactJson(text);
  } catch {
    return { kind: 'not_json' };
  }
  return { kind: 'events', events: toEvents(body, text, receivedAtMs) };
}

/** Where a stored body came from: everything its envelope said. */
export type StoredEnvelope = Pick<MetaEvent, 'metaPageId' | 'object' | 'eventAtMs'>;

/** Reads an event again from the body that was stored of it. */
export function readStoredEvent(body: string, { metaPageId, object, eventAtMs }: StoredEnvelope): MetaEvent {
  const [event] = toEvents({ object, entry: [{ id: metaPageId, messaging: [JSON.parse(body)] }] }, body, eventAtMs);
  return { ...(event ?? wholeAsIgnored(body, eventAtMs)), metaPageId, object, eventAtMs };
}

function toEvents(body: unknown, text: string, receivedAtMs: number): readonly MetaEvent[] {
  try {
    return unpackEnvelope(body).map((packed) => toEvent(packed, receivedAtMs));
  } catch (error) {
    if (error instanceof RangeError) return [wholeAsIgnored(text, receivedAtMs)];
    throw error;
  }
}

function toEvent(packed: PackedEvent, receivedAtMs: number): MetaEvent {
  const { inner, facts } = readEvent(packed.event);
  const metaPageId = packed.metaPageId ?? pageOf(inner) ?? '';
  return {
    ...facts,
    metaPageId,
    object: packed.object,
    eventAtMs: timeOf(inner) ?? epochMs(packed.entryTime) ?? receivedAtMs,
    dedupeKey: dedupeKey(metaPageId, inner, facts),
    body: JSON.stringify(packed.event),
  };
}

/** Nested deeper than the stack: nothing of Meta's is, so it is kept as it came. */
function wholeAsIgnored(text: string, receivedAtMs: number): MetaEvent {
  const hash = createHash('sha256').update(text).digest('hex');
  return { ...IGNORED, metaPageId: '', object: '', eventAtMs: receivedAtMs, dedupeKey: `sha256:${hash}`, body: text };
}

function timeOf(inner: unknown): number | undefined {
  return epochMs(asRecord(inner)?.['timestamp']);
}

function pageOf(inner: unknown): string | undefined {
  const fields = asRecord(inner);
  const isEcho = asRecord(fields?.['message'])?.['is_echo'] === true;
  return asId(fields?.['page_id']) ?? idOf(fields?.[isEcho ? 'sender' : 'recipient']);
}
