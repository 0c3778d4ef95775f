/** One change as it stands in the journal: table, row id, the row as it is now (null: gone). */
export type Change = readonly [table: string, id: string, row: unknown];

/** Stands for every id in a change that empties a whole table. */
export const EVERY_ROW = '*';

export interface Row {
  readonly id: string;
}

/** Whatever takes part in the journal: hands out its changes once, takes them back at start. */
export interface JournalSource {
  readonly name: string;
  takeChanges(): Change[];
  replay(id: string, row: unknown): void;
  snapshot(): Iterable<Change>;
}

/** Rows by id, held in memory; remembers which of them changed since the last flush. */
export class Table<R extends Row> implements JournalSource {
  private readonly rows = new Map<string, R>();
  private readonly changed = new Set<string>();
  private cleared = false;

  constructor(
    readonly name: string,
    private readonly onChange: () => void,
  ) {}

  get size(): number {
    return this.rows.size;
  }

  get(id: string): R | undefined {
    return this.rows.get(id);
  }

  values(): MapIterator<R> {
    return this.rows.values();
  }

  /** Stores a new row, or says that a row was changed in place. */
  put(row: R): void {
    this.rows.set(row.id, row);
    this.changed.add(row.id);
    this.onChange();
  }

  delete(id: string): void {
    if (!this.rows.delete(id)) return;
    this.changed.add(id);
    this.onChange();
  }

  clear(): void {
    this.rows.clear();
    this.changed.clear();
    this.cleared = true;
    this.onChange();
  }

  takeChanges(): Change[] {
    const changes: Change[] = this.cleared ? [[this.name, EVERY_ROW, null]] : [];
    for (const id of this.changed) changes.push([this.name, id, this.rows.get(id) ?? null]);
    this.changed.clear();
    this.cleared = false;
    return changes;
  }

  replay(id: string, row: unknown): void {
    if (id === EVERY_ROW) this.rows.clear();
    else if (row === null) this.rows.delete(id);
    else this.rows.set(id, row as R);
  }

  *snapshot(): Iterable<Change> {
    for (const row of this.rows.values()) yield [this.name, row.id, row];
  }
}
