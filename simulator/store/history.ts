import { EVERY_ROW, type Change, type JournalSource } from './table';

/** Stands for "add this row" in a change of a history. */
const APPEND = '+';

/** What happened, in order; beyond `capacity` rows the oldest are forgotten. */
export class History<R> implements JournalSource {
  private rows: R[] = [];
  private forgotten = 0;
  private added: R[] = [];
  private cleared = false;

  constructor(
    readonly name: string,
    private readonly capacity: number,
    private readonly onChange: () => void,
  ) {}

  append(row: R): void {
    this.remember(row);
    this.added.push(row);
    this.onChange();
  }

  clear(): void {
    this.rows = [];
    this.added = [];
    this.forgotten = 0;
    this.cleared = true;
    this.onChange();
  }

  /** Rows from `position` on with their positions; positions never shift when old rows are forgotten. */
  *from(position: number): Generator<readonly [position: number, row: R]> {
    for (let index = Math.max(0, position - this.forgotten); index < this.rows.length; index++) {
      yield [index + this.forgotten, this.rows[index] as R];
    }
  }

  takeChanges(): Change[] {
    const changes: Change[] = this.cleared ? [[this.name, EVERY_ROW, null]] : [];
    for (const row of this.added) changes.push([this.name, APPEND, row]);
    this.added = [];
    this.cleared = false;
    return changes;
  }

  replay(id: string, row: unknown): void {
    if (id === EVERY_ROW) {
      this.rows = [];
      this.forgotten = 0;
    } else {
      this.remember(row as R);
    }
  }

  *snapshot(): Iterable<Change> {
    for (const row of this.rows) yield [this.name, APPEND, row];
  }

  private remember(row: R): void {
    this.rows.push(row);
    if (this.rows.length < 2 * this.capacity) return;
    this.forgotten += this.rows.length - this.capacity;
    this.rows = this.rows.slice(-this.capacity);
  }
}
