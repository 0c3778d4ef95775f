import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { readLogLine, type LogLine } from './log-line';

/** The log of one part: every line goes to `<folder>/<part>.log` and to whoever listens. */
export class PartLog {
  private readonly file: WriteStream;
  private last: string | undefined;

  constructor(
    folder: string,
    private readonly part: string,
    private readonly listen: (line: LogLine) => void,
  ) {
    this.file = createWriteStream(join(folder, `${part}.log`), { flags: 'a', mode: 0o600 });
    // a full disk costs the log, not the stack
    this.file.on('error', () => undefined);
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
    this.file.write(`${line.json}\n`);
    this.last = line.message;
    this.listen(line);
  }

  /** The file. */
  get path(): string {
    return String(this.file.path);
  }

  /** The last line, for the message that says why a part did not start. */
  get lastLine(): string | undefined {
    return this.last;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.file.end(resolve);
    });
  }
}
