import type { Terminal } from '../terminal/terminal';

/** One promise of the story and whether it held. */
export interface KeptPromise {
  readonly sentence: string;
  readonly held: boolean;
}

/** What the story promised; each is checked against the API or the simulator's own journal. */
export class Promises {
  private readonly made: KeptPromise[] = [];

  constructor(private readonly terminal: Terminal) {}

  /** Says a promise and whether it held. */
  check(sentence: string, held: boolean): void {
    this.made.push({ sentence, held });
    this.terminal.line(`  ${held ? '✔' : '✘'} ${sentence}`);
  }

  all(): readonly KeptPromise[] {
    return this.made;
  }
}
