import type { Logger } from 'pino';
import { describeError } from '../errors/describe-error';
import { backOffMs } from './back-off';

/** Where loops say what went wrong; never a token, a PSID or a text. */
export type LoopLogger = Pick<Logger, 'info' | 'warn' | 'error'>;

/** Work of the worker that goes on for as long as it runs. */
export interface Loop {
  readonly name: string;
  start(): void;
  /** Lets the round under way come to its end and begins no other. */
  stop(): Promise<void>;
}

/**
 * One round of work.
 *
 * @param stopping - aborted once the loop is to end, for rounds that take long
 * @returns when the next round begins, milliseconds of wall clock from now; 0 = at once
 */
export type Round = (stopping: AbortSignal) => Promise<number>;

const FIRST_BACK_OFF_MS = 100;
const LONGEST_BACK_OFF_MS = 10_000;

/** Rounds one after the other; a round that fails is said and tried again, later each time. */
export class RoundLoop implements Loop {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private isNudged = false;
  private endNap: () => void = () => undefined;

  constructor(
    readonly name: string,
    private readonly round: Round,
    private readonly logger: LoopLogger,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.endNap();
    await this.running;
  }

  /** There is work now: the next round begins at once. */
  readonly nudge = (): void => {
    this.isNudged = true;
    this.endNap();
  };

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.stopping.signal.aborted) {
      this.isNudged = false;
      try {
        const napMs = await this.round(this.stopping.signal);
        failures = 0;
        if (napMs > 0 && !this.wasNudged()) await this.nap(napMs);
      } catch (error) {
        failures += 1;
        this.logger.error({ loop: this.name, failures, error: describeError(error) }, 'A round of the worker failed');
        await this.nap(backOffMs(failures - 1, LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS));
      }
    }
  }

  private wasNudged(): boolean {
    return this.isNudged;
  }

  private nap(ms: number): Promise<void> {
    if (this.stopping.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.endNap = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
