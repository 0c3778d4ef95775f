import type { Loop, LoopLogger } from './loop';
import { RoundLoop } from './loop';
import type { WorkerSession } from './worker-session';

/** How soon a lost connection is opened again, and how often a good one is used, milliseconds. */
const LOOK_EVERY_MS = 1_000;

/** Keeps the worker's own connection open, and closes it with the worker. */
export function sessionLoop(session: WorkerSession, logger: LoopLogger): Loop {
  const keeper = new RoundLoop(
    'session',
    async () => {
      await session.keepAlive();
      return LOOK_EVERY_MS;
    },
    logger,
  );
  return {
    name: keeper.name,
    start: () => {
      keeper.start();
    },
    stop: async () => {
      await keeper.stop();
      await session.close();
    },
  };
}
