import { badParameter } from './graph-error';

/** Offsets come as `+0700` too, which ISO parsers do not know. */
const OFFSET_WITHOUT_COLON = /([+-]\d{2})(\d{2})$/;

/** A moment given as text or as unix seconds, in milliseconds. @throws GraphError 100 when it is neither */
export function readTime(name: string, value: unknown): number {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  const ms = /^\d{9,10}$/.test(text) ? Number(text) * 1_000 : Date.parse(text.replace(OFFSET_WITHOUT_COLON, '$1:$2'));
  if (Number.isNaN(ms)) throw badParameter(`Param ${name} must be a valid date.`);
  return ms;
}

/** A moment as the platform writes it: `2026-11-25T08:00:00+0000`. */
export function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+0000`;
}
