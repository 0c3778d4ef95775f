import type { DataSource, EntityManager } from 'typeorm';

/** A gate that holds up whoever comes to it until it is opened. */
export class Barrier {
  private open: () => void = () => undefined;
  private readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
  private arrived = 0;

  /** How many have come to it. */
  get waiting(): number {
    return this.arrived;
  }

  pass(): Promise<void> {
    this.arrived += 1;
    return this.opened;
  }

  release(): void {
    this.open();
  }
}

/** A transaction that has done its work and stands open until it is told to commit. */
export interface OpenTransaction<T> {
  readonly result: T;
  readonly commit: () => Promise<void>;
}

/** Does the work in a transaction that stays open: its locks are held until the test commits it. */
export function holdOpen<T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
): Promise<OpenTransaction<T>> {
  const gate = new Barrier();
  return new Promise((resolve, reject) => {
    const done = dataSource.transaction(async (manager) => {
      const result = await work(manager);
      resolve({
        result,
        commit: async () => {
          gate.release();
          await done;
        },
      });
      await gate.pass();
    });
    done.catch(reject);
  });
}

/** Polls until a look gives true. @throws Error after 25 seconds */
export async function until(look: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 25_000;
  while (!(await look())) {
    if (performance.now() > endMs) throw new Error('It did not happen in time.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Waits until so many connections of this database wait for a lock. */
export const someoneWaits = (owner: DataSource, howMany = 1): Promise<void> =>
  until(async () => {
    const [row] = await owner.query<{ count: number }[]>(
      `SELECT count(*) AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return (row?.count ?? 0) >= howMany;
  });
