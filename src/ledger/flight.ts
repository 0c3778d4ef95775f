import type { BegunSend } from './begin';
import { SLICE_SIZE } from './page-rate';
import type { SettledSend } from './settle';

/** Whoever is begun behind a slice waits for its answers, and leaves within 3 s or not at all: they must come faster. */
const BRISK_MS = 1_000;

/** A message that was begun, and how it is sent. */
interface Departure {
  readonly begun: BegunSend;
  readonly send: (begun: BegunSend) => Promise<SettledSend>;
}

/**
 * The messages of a campaign between begin and settle. One slice at a time is on its way to Meta; what is begun behind
 * it departs with each answer, so whatever dies, no more than a slice had been begun and had not left.
 */
export class Flight {
  private readonly waiting: Departure[] = [];
  private answers: SettledSend[] = [];
  private onTheirWay = 0;
  private lastTookMs = Infinity;
  private awaited: { readonly atMost: number; readonly reached: () => void } | null = null;

  /** Nothing is to be answered and no answer to be settled. */
  get isOver(): boolean {
    return this.unanswered === 0 && this.answers.length === 0;
  }

  get hasAnswers(): boolean {
    return this.answers.length > 0;
  }

  /** Meta answers fast enough for another slice to be begun behind the one on its way. */
  get isBrisk(): boolean {
    return this.lastTookMs < BRISK_MS;
  }

  /** @param send - never rejects */
  start(begun: readonly BegunSend[], send: (begun: BegunSend) => Promise<SettledSend>): void {
    for (const one of begun) this.waiting.push({ begun: one, send });
    this.depart();
  }

  /** Hands out the answers that have come since the last time. */
  takeAnswers(): SettledSend[] {
    const answers = this.answers;
    this.answers = [];
    return answers;
  }

  /** Waits until everything has departed. */
  untilDeparted(): Promise<void> {
    return this.untilUnanswered(SLICE_SIZE);
  }

  /** Waits until everything is answered. */
  untilAnswered(): Promise<void> {
    return this.untilUnanswered(0);
  }

  private async untilUnanswered(atMost: number): Promise<void> {
    if (this.unanswered <= atMost) return;
    await new Promise<void>((reached) => {
      this.awaited = { atMost, reached };
    });
  }

  private get unanswered(): number {
    return this.waiting.length + this.onTheirWay;
  }

  private depart(): void {
    while (this.onTheirWay < SLICE_SIZE) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      this.onTheirWay += 1;
      void this.fly(next);
    }
  }

  private async fly({ begun, send }: Departure): Promise<void> {
    const departedMs = performance.now();
    const answer = await send(begun);
    this.lastTookMs = performance.now() - departedMs;
    this.onTheirWay -= 1;
    this.answers.push(answer);
    this.depart();
    if (this.awaited === null || this.unanswered > this.awaited.atMost) return;
    this.awaited.reached();
    this.awaited = null;
  }
}
