import { asRecord, asText } from '../../graph-api/tolerant-json';
import type { JsonRecord } from '../../graph-api/tolerant-json';
import { UNSTORABLE } from '../../persistence/unstorable';

const ID_FORM = /^[\x21-\x7e]{1,256}$/;

/** An id of Meta's as text; 0, empty and anything that is no id are nothing (meta-api §12.4 footnote 1). */
export function asId(value: unknown): string | undefined {
  const text = asText(value);
  return text !== undefined && text !== '0' && ID_FORM.test(text) ? text : undefined;
}

const EACH_UNSTORABLE = new RegExp(UNSTORABLE, 'gu');

/** A text that is stored as it came, but for characters that no column can hold. */
export function asStorableText(value: unknown): string | undefined {
  return asText(value)?.replace(EACH_UNSTORABLE, '\ufffd');
}

/** The id inside `{"id": …}`. */
export function idOf(holder: unknown): string | undefined {
  return asId(asRecord(holder)?.['id']);
}

/** A single object where Meta's pages show a list, or the list. */
export function manyOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

/** The first of the named fields that holds an object. */
export function firstRecord(fields: JsonRecord, names: readonly string[]): JsonRecord | undefined {
  return names.map((name) => asRecord(fields[name])).find((record) => record !== undefined);
}
