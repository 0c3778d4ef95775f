import type { DataSource } from 'typeorm';
import type { Loop, LoopLogger } from '../worker-loops/loop';
import { RoundLoop } from '../worker-loops/loop';
import { assumeSent, closeLeftSingles, sweepAll, sweepClaims } from './sweep';

const SWEEP_EVERY_MS = 2_000;
const ASSUME_EVERY_MS = 250;

/** What the ledger does by itself: sends without an answer become unknown, and unknown ones end by evidence or time. */
export const createLedgerLoops = (dataSource: DataSource, logger: LoopLogger): Loop[] => [
  new RoundLoop(
    'sweeper',
    async () => {
      const moved = await sweepAll(dataSource);
      if (moved > 0) logger.warn({ moved }, 'Sends without an answer became unknown');
      const givenBack = await sweepClaims(dataSource);
      if (givenBack > 0) logger.warn({ givenBack }, 'Claims that nobody had begun were given back');
      await closeLeftSingles(dataSource);
      return SWEEP_EVERY_MS;
    },
    logger,
  ),
  new RoundLoop(
    'unknowns',
    async () => {
      const moved = await assumeSent(dataSource);
      if (moved > 0) logger.warn({ moved }, 'Unknown sends count as sent after their waiting time');
      return ASSUME_EVERY_MS;
    },
    logger,
  ),
];
