import { setTimeout } from 'node:timers/promises';
import { mayAddBatch } from '../../domain/campaign/plan-batch';
import type { RateGrant } from './page-rate';
import { SLICE_SIZE } from './page-rate';

/** More is claimed when no more than this is left: beside the sending a claim takes as long as four or five slices. */
const ORDER_AT = 6 * SLICE_SIZE;

/** What a step took from a batch. */
interface Taken {
  /** How many claimed rows it found, counted up to one slice and one. */
  readonly found: number;
  /** How many it left; exact where it found no more than a slice. */
  readonly left: number;
  readonly rate: Pick<RateGrant, 'granted' | 'ratePerSecond'> | null;
}

/** What a batch has claimed and not begun, as far as its runner knows, and the claim that adds to it meanwhile. */
export class Supply {
  private coming: Promise<void> | null = null;
  private failure: { readonly error: unknown } | null = null;
  private isOver = false;
  /** Since the last slice was asked for. */
  private arrived = 0;

  /**
   * @param left - how many are claimed; 0 where it is not known, which orders nothing
   * @param claimMore - claims more beside what is left and says how many; none ends it
   */
  constructor(
    private left: number,
    private readonly claimMore: (left: number) => Promise<number> = () => Promise.resolve(0),
  ) {}

  /** A claim is on its way: what is left is not all. */
  get isComing(): boolean {
    return this.coming !== null;
  }

  /** What came while the step ran may be in its count or not: it is better counted twice than not at all. */
  took({ found, left, rate }: Taken): void {
    this.left = found <= SLICE_SIZE ? left + this.arrived : Math.max(0, this.left - (rate?.granted ?? 0));
  }

  /** Claims more if it is time to, and the rate lets the batch hold it. */
  order({ rate }: Pick<Taken, 'rate'>): void {
    if (this.isOver || this.coming !== null || this.left === 0 || this.left > ORDER_AT || rate === null) return;
    if (mayAddBatch(rate.ratePerSecond, this.left)) this.coming = this.fetch(this.left);
  }

  /**
   * Waits for what is coming where a slice cannot be begun whole without it.
   *
   * @param atMostMs - for whoever holds somebody that the claim waits for does not keep answers from being settled
   * @throws what kept it from coming
   */
  async untilASlice(atMostMs: number): Promise<void> {
    if (this.left <= SLICE_SIZE && this.coming !== null) {
      const limit = new AbortController();
      await Promise.race([
        this.coming,
        setTimeout(atMostMs, undefined, { signal: limit.signal }).catch(() => undefined),
      ]);
      limit.abort();
    }
    if (this.failure !== null) throw this.failure.error;
    this.arrived = 0;
  }

  /** Never throws: what kept it from coming is told to whoever asks for a slice. */
  async untilNothingComes(): Promise<void> {
    await this.coming;
  }

  private async fetch(left: number): Promise<void> {
    try {
      const claimed = await this.claimMore(left);
      this.left += claimed;
      this.arrived += claimed;
      this.isOver = claimed === 0;
    } catch (error) {
      this.failure = { error };
    } finally {
      this.coming = null;
    }
  }
}
