import type { World } from '../model/world';
import type { WebhookDelivery } from './delivery';
import { webhookBody } from './envelope';
import { callApp } from './http-call';
import { isGivenUp, retryGapMs } from './retry-schedule';
import { signatureOf } from './signature';

/** Events of one Page for one app: posted one request at a time, so that they arrive in order unless one fails. */
interface Lane {
  readonly pageId: string;
  readonly waiting: WebhookDelivery[];
  /** The requests under way; null while there is nothing to post. */
  posting: Promise<void> | null;
}

/** Posts webhooks and tries again those that nobody acknowledged. Retries run on the wall clock. */
export class WebhookPoster {
  private readonly lanes = new Map<string, Lane>();
  private readonly retries = new Set<NodeJS.Timeout>();
  private stopped = false;

  constructor(private readonly world: World) {}

  /** Takes up what was not acknowledged before a restart. */
  resume(): void {
    const left = [...this.world.deliveries.values()].sort((a, b) => a.n - b.n);
    for (const delivery of left) this.enqueue(delivery);
  }

  /** Stores the event first; it is posted once the journal has it. */
  post(delivery: WebhookDelivery): void {
    this.world.deliveries.put(delivery);
    this.enqueue(delivery);
  }

  /** Waits until nothing of a Page is on its way any more; what is to be posted must have been taken away before. */
  async quiet(pageId: string): Promise<void> {
    for (const lane of this.lanes.values()) if (lane.pageId === pageId) await lane.posting;
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.retries) clearTimeout(timer);
  }

  private enqueue(delivery: WebhookDelivery): void {
    const key = `${delivery.appId}|${delivery.pageId}`;
    const lane = this.lanes.get(key) ?? { pageId: delivery.pageId, waiting: [], posting: null };
    this.lanes.set(key, lane);
    lane.waiting.push(delivery);
    lane.posting ??= this.drain(lane);
  }

  private async drain(lane: Lane): Promise<void> {
    while (!this.stopped && lane.waiting.length > 0) {
      await this.world.journal.flushed();
      const batch = this.takeBatch(lane);
      if (batch.length === 0) continue;
      const status = await this.send(batch);
      for (const delivery of batch) this.settle(delivery, status);
    }
    lane.posting = null;
  }

  private takeBatch(lane: Lane): WebhookDelivery[] {
    const pageId = lane.waiting[0]?.pageId;
    const size = Math.max(1, this.world.settingsOf(pageId).webhookBatchSize);
    return lane.waiting.splice(0, size).filter(({ id }) => this.world.deliveries.get(id) !== undefined);
  }

  private async send(batch: readonly WebhookDelivery[]): Promise<number> {
    const [{ appId, pageId }] = batch as [WebhookDelivery];
    const app = this.world.apps.get(appId);
    const page = this.world.pages.get(pageId);
    if (!app?.webhookUrl || !page) return 0;
    const body = webhookBody(page.platform, batch, this.world.clock.nowMs());
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      'user-agent': 'facebookexternalua',
      'x-hub-signature-256': signatureOf(body, app.secret),
    };
    return (await callApp(new URL(app.webhookUrl), 'POST', headers, body)).status;
  }

  private settle(delivery: WebhookDelivery, status: number): void {
    if (this.world.deliveries.get(delivery.id) === undefined) return;
    const wallMs = Date.now();
    delivery.attempts += 1;
    delivery.firstTryWallMs ??= wallMs;
    this.record(delivery, status, wallMs);
    if (status >= 200 && status < 300) this.world.deliveries.delete(delivery.id);
    else if (this.isOver(delivery, wallMs)) this.giveUp(delivery);
    else this.tryAgain(delivery, wallMs);
    this.world.bump();
  }

  private record(delivery: WebhookDelivery, status: number, wallMs: number): void {
    const { appId, pageId, field, eventId, attempts } = delivery;
    const atMs = delivery.atMs;
    this.world.attempts.append({ atMs, wallMs, appId, pageId, field, eventId, attempt: attempts, status });
  }

  private tryAgain(delivery: WebhookDelivery, wallMs: number): void {
    const gapMs = retryGapMs(delivery.attempts);
    delivery.nextTryWallMs = wallMs + gapMs;
    this.world.deliveries.put(delivery);
    if (this.stopped) return;
    const timer = setTimeout(() => {
      this.retries.delete(timer);
      this.enqueue(delivery);
    }, gapMs);
    this.retries.add(timer);
  }

  private isOver(delivery: WebhookDelivery, wallMs: number): boolean {
    const { webhookRetry } = this.world.settingsOf(delivery.pageId);
    return isGivenUp(webhookRetry, delivery.firstTryWallMs ?? wallMs, wallMs);
  }

  private giveUp(delivery: WebhookDelivery): void {
    const { webhookRetry } = this.world.settingsOf(delivery.pageId);
    if (webhookRetry === 'messenger') this.world.unsubscribe(delivery.pageId, delivery.appId);
    this.world.deliveries.delete(delivery.id);
  }
}
