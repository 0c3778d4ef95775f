import type { Table } from '../store/table';
import type { Happening, SimEvent } from './event';

/** Events by due time, and by the order they were planned in where that is the same: a binary heap. */
export class EventQueue {
  private heap: SimEvent[] = [];
  private lastN = 0;

  /** @param onEarlier - called when a new event is due before all others */
  constructor(
    private readonly table: Table<SimEvent>,
    private readonly onEarlier: () => void,
  ) {}

  /** Takes up the stored events after a start, or after some were removed from the table. */
  reload(): void {
    this.heap = [...this.table.values()].sort((a, b) => (isBefore(a, b) ? -1 : 1));
    this.lastN = this.heap.reduce((max, event) => Math.max(max, event.n), this.lastN);
    this.onEarlier();
  }

  plan(dueMs: number, happening: Happening): void {
    const event = eventOf(happening, ++this.lastN, dueMs);
    this.table.put(event);
    this.heap.push(event);
    this.rise(this.heap.length - 1);
    if (this.heap[0] === event) this.onEarlier();
  }

  nextDueMs(): number | undefined {
    return this.heap[0]?.dueMs;
  }

  /** Takes out the next event if it is due by `untilMs`. */
  takeDue(untilMs: number): SimEvent | undefined {
    const first = this.heap[0];
    if (first === undefined || first.dueMs > untilMs) return undefined;
    const last = this.heap.pop();
    if (last !== undefined && last !== first) {
      this.heap[0] = last;
      this.sink(0);
    }
    this.table.delete(first.id);
    return first;
  }

  /** How many events are due by `untilMs` and not played; looks only at those. */
  countDue(untilMs: number, index = 0): number {
    const event = this.heap[index];
    if (event === undefined || event.dueMs > untilMs) return 0;
    return 1 + this.countDue(untilMs, 2 * index + 1) + this.countDue(untilMs, 2 * index + 2);
  }

  private rise(from: number): void {
    for (let index = from; index > 0;) {
      const parent = (index - 1) >> 1;
      if (!this.isBeforeAt(index, parent)) return;
      this.swap(index, parent);
      index = parent;
    }
  }

  private sink(from: number): void {
    for (let index = from; ;) {
      const left = 2 * index + 1;
      const right = left + 1;
      let first = index;
      if (left < this.heap.length && this.isBeforeAt(left, first)) first = left;
      if (right < this.heap.length && this.isBeforeAt(right, first)) first = right;
      if (first === index) return;
      this.swap(index, first);
      index = first;
    }
  }

  private isBeforeAt(a: number, b: number): boolean {
    return isBefore(this.at(a), this.at(b));
  }

  private swap(a: number, b: number): void {
    const first = this.at(a);
    this.heap[a] = this.at(b);
    this.heap[b] = first;
  }

  private at(index: number): SimEvent {
    const event = this.heap[index];
    if (event === undefined) throw new RangeError(`the queue has no event ${index}`);
    return event;
  }
}

/** Written out: by a spread V8 gives every event a shape of its own, and the heap compares events all the time. */
function eventOf(happening: Happening, n: number, dueMs: number): SimEvent {
  const id = String(n);
  if (happening.kind === 'post') return { kind: happening.kind, deliveries: happening.deliveries, id, n, dueMs };
  if ('sendId' in happening) return { kind: happening.kind, sendId: happening.sendId, id, n, dueMs };
  return { kind: happening.kind, personId: happening.personId, id, n, dueMs };
}

function isBefore(a: SimEvent, b: SimEvent): boolean {
  return a.dueMs === b.dueMs ? a.n < b.n : a.dueMs < b.dueMs;
}
