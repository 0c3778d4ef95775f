import { SLICE_SIZE } from './page-rate';
import type { SendOutcome, SettledSend } from './settle';
import { effectOf } from './settle';

/** Whoever is begun behind a slice waits for its answers, and leaves within 3 s or not at all: they must come faster. */
const BRISK_MS = 1_000;

/** Sends one message that was begun and says what became of it; never rejects. @param onLeave - hears that it leaves */
type Departure = (onLeave: () => void) => Promise<SettledSend>;

/**
 * The messages of a campaign between begin and settle. One slice at a time is on its way to Meta; what is begun behind
 * it departs with each answer, so whatever dies, no more than a slice had been begun and had not left.
 */
export class Flight {
  private readonly waiting: Departure[] = [];
  private answers: SettledSend[] = [];
  private onTheirWay = 0;
  private notLeft = 0;
  private lastTookMs = Infinity;
  private awaited: { readonly isSo: () => boolean; readonly reached: () => void } | null = null;

  /** Nothing is to be answered and no answer to be settled. */
  get isOver(): boolean {
    return this.isAnswered() && this.answers.length === 0;
  }

  get hasAnswers(): boolean {
    return this.answers.length > 0;
  }

  /** Meta answers fast enough for another slice to be begun behind the one on its way. */
  get isBrisk(): boolean {
    return this.lastTookMs < BRISK_MS;
  }

  start(departures: readonly Departure[]): void {
    this.notLeft += departures.length;
    this.waiting.push(...departures);
    this.depart();
  }

  /**
   * Hands out the answers that have come since the last time; with one that names campaign, Page or account come all
   * that are still to come, for they are settled together.
   */
  async takeAnswers(): Promise<SettledSend[]> {
    if (effectOf(this.answers, 0) !== null) await this.untilAnswered();
    const answers = this.answers;
    this.answers = [];
    return answers;
  }

  /** Waits until everything that was begun has left. */
  untilLeft(): Promise<void> {
    return this.until(() => this.notLeft === 0);
  }

  /** Waits until everything is answered. */
  untilAnswered(): Promise<void> {
    return this.until(() => this.isAnswered());
  }

  private async until(isSo: () => boolean): Promise<void> {
    if (isSo()) return;
    await new Promise<void>((reached) => {
      this.awaited = { isSo, reached };
    });
  }

  private isAnswered(): boolean {
    return this.waiting.length + this.onTheirWay === 0;
  }

  private depart(): void {
    while (this.onTheirWay < SLICE_SIZE) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      this.onTheirWay += 1;
      void this.fly(next);
    }
  }

  private async fly(departure: Departure): Promise<void> {
    const departedMs = performance.now();
    let hasLeft = false;
    const leave = (): void => {
      if (hasLeft) return;
      hasLeft = true;
      this.notLeft -= 1;
      this.look();
    };
    const answer = await departure(leave);
    this.lastTookMs = tookMs(answer.outcome, performance.now() - departedMs, this.lastTookMs);
    this.onTheirWay -= 1;
    this.answers.push(answer);
    this.depart();
    leave();
    this.look();
  }

  private look(): void {
    if (this.awaited?.isSo() !== true) return;
    this.awaited.reached();
    this.awaited = null;
  }
}

/** Only Meta's own answer says how fast Meta is; what never left says nothing, and no answer is the slowest. */
function tookMs({ kind }: SendOutcome, thisMs: number, lastMs: number): number {
  if (kind === 'accepted' || kind === 'refused') return thisMs;
  return kind === 'unknown' ? Infinity : lastMs;
}
