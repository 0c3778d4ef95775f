import type { Row, Table } from '../store/table';

/** Where the clock stood at one wall moment; it ran on from there unless it is frozen. */
export interface ClockRow extends Row {
  readonly id: 'clock';
  readonly businessMs: number;
  readonly wallMs: number;
  readonly running: boolean;
  /** Whether someone outside set it to a moment, so that a reset leaves it to them. */
  readonly driven: boolean;
}

/** The simulator's time: runs like the wall clock until it is moved or frozen. */
export class BusinessClock {
  private row: ClockRow = { id: 'clock', businessMs: 0, wallMs: 0, running: true, driven: false };

  constructor(private readonly table: Table<ClockRow>) {}

  /** Takes up the stored time after a start. */
  resume(): void {
    this.row = this.table.get('clock') ?? this.row;
  }

  get running(): boolean {
    return this.row.running;
  }

  get driven(): boolean {
    return this.row.driven;
  }

  nowMs(): number {
    const { running, businessMs, wallMs } = this.row;
    return running ? businessMs + (Date.now() - wallMs) : businessMs;
  }

  /** Lets it run from `businessMs`, which held at the wall moment `wallMs`. */
  run(businessMs: number, wallMs: number, driven: boolean): void {
    this.store({ id: 'clock', businessMs, wallMs, running: true, driven });
  }

  freeze(businessMs: number, driven: boolean): void {
    this.store({ id: 'clock', businessMs, wallMs: Date.now(), running: false, driven });
  }

  private store(row: ClockRow): void {
    this.row = row;
    this.table.put(row);
  }
}
