import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { readLogLine, type LogLine } from './log-line';

const OWNER_ONLY = 0o600;

/** The log of one part: every line goes to `<folder>/<part>.log` and to whoever listens. */
export class PartLog {
  readonly path: string;
  private file: number | undefined;
  private last: string | undefined;

  constructor(
    folder: string,
    private readonly part: string,
    private readonly listen: (line: LogLine) => void,
  ) {
    this.path = join(folder, `${part}.log`);
    // A full disk costs lines of the log, not the stack.
    ignoreFailure(() => {
      this.file = openSync(this.path, 'a', OWNER_ONLY);
    });
  }

  /** Takes in what a program writes, line by line. */
  follow(stream: Readable | null): void {
    if (stream === null) return;
    createInterface({ input: stream }).on('line', (text) => {
      this.write(text);
    });
  }

  write(text: string): void {
    if (text.trim() === '') return;
    const line = readLogLine(this.part, text, Date.now());
    ignoreFailure(() => {
      if (this.file !== undefined) writeSync(this.file, `${line.json}\n`);
    });
    this.last = line.message;
    this.listen(line);
  }

  /** The last line, for the message that says why a part did not start. */
  get lastLine(): string | undefined {
    return this.last;
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }
}

function ignoreFailure(work: () => void): void {
  try {
    work();
  } catch {
    // Whoever listens hears the line all the same.
  }
}
