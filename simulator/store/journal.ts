import { closeSync, openSync, writeSync } from 'node:fs';
import type { Change, JournalSource } from './table';

/** One line of the journal: everything that changed in one turn of the event loop, so it counts whole or not at all. */
export interface JournalLine {
  /** The state's sequence number after these changes. */
  readonly q: number;
  readonly c: readonly Change[];
}

/**
 * Append-only file of changes. A write reaches the kernel before anyone is answered, so what a caller was told survives
 * the death of the process; it is not forced to the disk, so it need not survive the death of the machine.
 */
export class Journal {
  private readonly file: number;
  private waiting: (() => void)[] = [];
  private scheduled = false;
  private closed = false;

  constructor(
    path: string,
    private readonly sources: readonly JournalSource[],
    private readonly sequence: () => number,
  ) {
    this.file = openSync(path, 'a');
  }

  /** Says that something changed: it will be written at the end of this turn of the event loop. */
  readonly touch = (): void => {
    if (this.scheduled || this.closed) return;
    this.scheduled = true;
    setImmediate(() => {
      this.flush();
    });
  };

  /** Calls back once everything changed so far stands in the file; all callers of one turn share one write. */
  afterFlush(done: () => void): void {
    this.waiting.push(done);
    this.touch();
  }

  flushed(): Promise<void> {
    return new Promise((resolve) => {
      this.afterFlush(resolve);
    });
  }

  flush(): void {
    this.scheduled = false;
    const changes = this.sources.flatMap((source) => source.takeChanges());
    if (changes.length > 0 && !this.closed) this.write({ q: this.sequence(), c: changes });
    const waiting = this.waiting;
    this.waiting = [];
    for (const done of waiting) done();
  }

  close(): void {
    if (this.closed) return;
    this.flush();
    this.closed = true;
    closeSync(this.file);
  }

  private write(line: JournalLine): void {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    for (let written = 0; written < bytes.length;) written += writeSync(this.file, bytes, written);
  }
}
