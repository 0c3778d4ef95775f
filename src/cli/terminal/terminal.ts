import ora, { type Ora } from 'ora';

/** What a person sees: finished lines, and what is going on right now. */
export interface Terminal {
  /** Whether a person sits in front of it. */
  readonly interactive: boolean;
  line(text: string): void;
  /** Shows the title while the work goes on, and how long it took when it is done. */
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
}

/** @returns a spinner where standard output is a terminal with a width, plain lines elsewhere */
export function openTerminal(output: NodeJS.WriteStream = process.stdout): Terminal {
  // whoever read it may be gone; the stack goes on
  output.on('error', () => undefined);
  return output.isTTY && output.columns > 0 ? new SpinnerTerminal(output) : new PlainTerminal(output);
}

/** @returns such as `0.8 s` */
export function inSeconds(sinceMs: number): string {
  return `${((Date.now() - sinceMs) / 1_000).toFixed(1)} s`;
}

class PlainTerminal implements Terminal {
  readonly interactive = false;

  constructor(private readonly output: NodeJS.WriteStream) {}

  line(text: string): void {
    this.output.write(`${text}\n`);
  }

  async step<T>(title: string, work: () => Promise<T>): Promise<T> {
    const startedMs = Date.now();
    this.line(`… ${title}`);
    try {
      const result = await work();
      this.line(`✔ ${title} (${inSeconds(startedMs)})`);
      return result;
    } catch (error) {
      this.line(`✘ ${title}`);
      throw error;
    }
  }
}

/** Steps may run side by side: one spinner names all that are going on. */
class SpinnerTerminal implements Terminal {
  readonly interactive = true;
  private readonly running = new Set<string>();
  private readonly spinner: Ora;

  constructor(private readonly output: NodeJS.WriteStream) {
    this.spinner = ora({ stream: output, discardStdin: false });
  }

  line(text: string): void {
    const wasSpinning = this.spinner.isSpinning;
    this.spinner.stop();
    this.output.write(`${text}\n`);
    if (wasSpinning) this.spinner.start();
  }

  async step<T>(title: string, work: () => Promise<T>): Promise<T> {
    const startedMs = Date.now();
    this.running.add(title);
    this.show();
    try {
      const result = await work();
      this.finish(title, `✔ ${title} (${inSeconds(startedMs)})`);
      return result;
    } catch (error) {
      this.finish(title, `✘ ${title}`);
      throw error;
    }
  }

  private finish(title: string, text: string): void {
    this.running.delete(title);
    this.show();
    this.line(text);
  }

  private show(): void {
    if (this.running.size === 0) this.spinner.stop();
    else this.spinner.start([...this.running].join(', '));
  }
}
