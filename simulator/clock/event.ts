import type { WebhookDelivery } from '../webhooks/delivery';

/** What will happen by itself at a moment of business time. */
export type Happening =
  | { readonly kind: 'echo'; readonly sendId: string }
  | { readonly kind: 'outcome'; readonly sendId: string }
  | { readonly kind: 'read'; readonly sendId: string }
  | { readonly kind: 'click'; readonly sendId: string }
  | { readonly kind: 'plainDelivery'; readonly sendId: string }
  | { readonly kind: 'plainRead'; readonly sendId: string }
  | { readonly kind: 'accept'; readonly personId: string }
  | { readonly kind: 'reply'; readonly personId: string }
  | { readonly kind: 'stop'; readonly personId: string }
  | { readonly kind: 'post'; readonly deliveries: readonly WebhookDelivery[] };

export type SimEvent = Happening & { readonly id: string; readonly n: number; readonly dueMs: number };
