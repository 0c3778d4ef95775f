import { setTimeout as pause } from 'node:timers/promises';
import { waitUntil } from '../../src/cli/launcher/wait-until';
import type { PartName } from '../../src/cli/launcher/part-name';
import type { RunningStack } from '../support/running-stack';
import type { FirePage } from './fire-page';
import type { Random } from './random';

/** Every part of a stack that may die. */
const PARTS: readonly PartName[] = ['worker', 'api', 'simulator', 'temporal', 'postgres'];

/** A part that was killed, and how long it took until messages left again, milliseconds of wall clock. */
export interface Kill {
  readonly part: PartName;
  readonly backMs: number;
}

/** Nobody is killed when fewer people than this are left: going on could not be told from being done. */
const FEWEST_LEFT = 0.1;
const PATIENCE_MS = 60_000;

/**
 * Kills one part after the other, each once in a round and the rounds in random order, while a campaign runs.
 * @param most - how many at most; fewer when the campaign is nearly done
 */
export async function killWhileRunning(
  stack: RunningStack,
  page: FirePage,
  random: Random,
  most: number,
): Promise<Kill[]> {
  const kills: Kill[] = [];
  let round: PartName[] = [];
  while (kills.length < most && (await hasEnoughLeft(page))) {
    if (round.length === 0) round = random.shuffled(PARTS);
    const part = round.pop() ?? 'worker';
    kills.push({ part, backMs: await killAndGoOn(stack, page, part) });
    await pause(random.between(100, 1_500));
  }
  return kills;
}

/**
 * Kills a part with SIGKILL and waits until its successor runs, the API answers and more messages reach Meta.
 * @returns milliseconds from the kill
 * @throws Error when nothing goes on
 */
export async function killAndGoOn(stack: RunningStack, page: FirePage, part: PartName): Promise<number> {
  const startedMs = performance.now();
  await stack.successor(part, stack.signal(part, 'SIGKILL'));
  await goesOn(stack, page, `the ${part} was killed`);
  return performance.now() - startedMs;
}

/** Waits until the API answers and more messages reach Meta. @throws Error when they do not */
export async function goesOn(stack: RunningStack, page: FirePage, after: string): Promise<void> {
  let before: number | undefined;
  const isMoving = async (): Promise<boolean> => {
    const accepted = await page.accepted();
    before ??= accepted;
    return accepted > before && (await stack.call('GET', '/v1/sandbox/clock')).status === 200;
  };
  if (!(await waitUntil(isMoving, PATIENCE_MS))) throw new Error(`Nothing goes on after ${after}.`);
}

/** The longest time to go on after the death of a part, milliseconds; 0 when it did not die. */
export function longestBack(kills: readonly Kill[], part: PartName): number {
  return Math.max(0, ...kills.filter((kill) => kill.part === part).map(({ backMs }) => backMs));
}

/** How long it took after each death, for people: `worker 3.1 2.9, api 2.0`. */
export function describeKills(kills: readonly Kill[]): string {
  return PARTS.map((part) => {
    const seconds = kills.filter((kill) => kill.part === part).map(({ backMs }) => (backMs / 1_000).toFixed(1));
    return `${part} ${seconds.join(' ') || '–'}`;
  }).join(', ');
}

async function hasEnoughLeft(page: FirePage): Promise<boolean> {
  let accepted = 0;
  await waitUntil(async () => {
    accepted = await page.accepted();
    return true;
  }, PATIENCE_MS);
  return accepted < page.people.length * (1 - FEWEST_LEFT);
}
