import type { Platform } from '../model/page';
import type { WebhookDelivery } from './delivery';

const NON_ASCII = /[\u007f-\uffff]/g;

interface Entry {
  readonly id: string;
  readonly time: number;
  readonly messaging?: unknown[];
  readonly changes?: unknown[];
}

/**
 * The exact bytes of a webhook request: events of one Page in order, neighbours of the same kind in one entry, every
 * character beyond ASCII written as a lowercase escape, because the signature covers these very bytes.
 */
export function webhookBody(platform: Platform, deliveries: readonly WebhookDelivery[], nowMs: number): Buffer {
  const object = platform === 'instagram' ? 'instagram' : 'page';
  const text = JSON.stringify({ object, entry: entriesOf(deliveries, nowMs) });
  return Buffer.from(text.replace(NON_ASCII, escape), 'latin1');
}

function entriesOf(deliveries: readonly WebhookDelivery[], nowMs: number): Entry[] {
  const entries: Entry[] = [];
  for (const { list, pageId, event } of deliveries) {
    const open = entries.at(-1)?.[list];
    if (open) open.push(event);
    else if (list === 'messaging') entries.push({ id: pageId, time: nowMs, messaging: [event] });
    else entries.push({ id: pageId, time: Math.floor(nowMs / 1_000), changes: [event] });
  }
  return entries;
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
