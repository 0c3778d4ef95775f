import type { EntityManager } from 'typeorm';
import type { SimulatorClock } from '../../../src/clock/simulator-clock';
import { stillOpen } from '../../../src/clock/quiet';

/** Breaks "(3) the simulator says the same with the same n": one look at it, then our own counters. */
export const isQuietByOneLook = async (
  manager: EntityManager,
  simulator: SimulatorClock,
  nowMs: number,
  between: () => void,
): Promise<boolean> => {
  const looked = await simulator.look();
  between();
  return looked?.isQuiet === true && (await stillOpen(manager, nowMs)).length === 0;
};

/** Breaks "(2) one statement counts none of": both looks at the simulator, and nothing of ours. */
export const isQuietWithoutCounters = async (simulator: SimulatorClock): Promise<boolean> => {
  const [before, after] = [await simulator.look(), await simulator.look()];
  return before?.isQuiet === true && after?.isQuiet === true && before.seq === after.seq;
};
