import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { FirePage } from './fire-page';
import type { Random } from './random';

/** Wall time between two of the things that happen. */
const PACE_MS = 150;

/**
 * What happens at a Page while its campaign runs: people stop, and orders are placed. It remembers what was acknowledged,
 * for nothing of that may be lost.
 */
export class Meanwhile {
  private readonly stopped: string[] = [];
  private readonly orders: string[] = [];
  private isOver = false;
  private readonly living: Promise<void>;

  constructor(
    private readonly page: FirePage,
    private readonly random: Random,
  ) {
    this.living = this.live();
  }

  /** Lets nothing more happen. */
  async end(): Promise<void> {
    this.isOver = true;
    await this.living;
  }

  /** Of what was acknowledged, what Herald does not know of. */
  async lost(): Promise<string[]> {
    const { herald, pageId } = this.page;
    const isStopped = async (psid: string): Promise<boolean> => {
      const { data } = await herald.ok('GET', `/v1/subscribers?pageId=${pageId}&psid=${psid}`);
      return data[0]?.consent === 'revoked';
    };
    const isKnown = async (orderId: string): Promise<boolean> =>
      (await herald.ok('GET', `/v1/order-events?orderId=${orderId}`)).data.length === 1;
    const lost: string[] = [];
    for (const psid of new Set(this.stopped)) if (!(await isStopped(psid))) lost.push(`opt-out of ${psid}`);
    for (const orderId of this.orders) if (!(await isKnown(orderId))) lost.push(`order ${orderId}`);
    return lost;
  }

  private async live(): Promise<void> {
    while (!this.isOver) {
      const { psid } = this.random.pick(this.page.people);
      // A part that is down takes nothing, and what it did not take is not counted.
      if (this.random.next() < 0.3) await this.stop(psid).catch(() => undefined);
      else await this.order(psid).catch(() => undefined);
      await pause(PACE_MS);
    }
  }

  private async stop(psid: string): Promise<void> {
    await this.page.herald.control('POST', `people/${psid}/message`, { text: 'STOP' });
    this.stopped.push(psid);
  }

  private async order(psid: string): Promise<void> {
    const orderId = randomUUID();
    const { status } = await this.page.herald.call('POST', '/v1/order-events', {
      source: 'shop',
      orderId,
      status: 'CONFIRMED',
      pageId: this.page.pageId,
      psid,
      occurredAt: new Date().toISOString(),
    });
    if (status === 202) this.orders.push(orderId);
  }
}
