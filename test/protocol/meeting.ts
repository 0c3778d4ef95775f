import { Barrier } from '../support/barrier';

/** Lets several come to the same point before any of them goes on. */
export function meetingOf(count: number): () => Promise<void> {
  const gate = new Barrier();
  return async () => {
    const opened = gate.pass();
    if (gate.waiting === count) gate.release();
    await opened;
  };
}
