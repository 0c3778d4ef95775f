import { setTimeout as pause } from 'node:timers/promises';
import { waitUntil } from '../../src/cli/launcher/wait-until';
import type { PartName } from '../../src/cli/launcher/part-name';
import type { RunningStack } from '../support/running-stack';
import type { FirePage } from './fire-page';
import type { Random } from './random';

/** Every part of a stack that may die. */
const PARTS: readonly PartName[] = ['worker', 'api', 'simulator', 'temporal', 'postgres'];

/** A death, and how long it took until messages left again, milliseconds of wall clock. */
export interface Kill {
  readonly part: PartName;
  readonly backMs: number;
  /** Whether another part died with it: what it takes then is neither's own time. */
  readonly isOfTwo: boolean;
}

/** Nobody is killed when fewer people than this are left: going on could not be told from being done. */
const FEWEST_LEFT = 0.1;
const PATIENCE_MS = 60_000;

/** How a campaign is shot at. */
export interface KillPlan {
  readonly most: number;
  /** How likely two parts die within the same moment. */
  readonly shareOfTwo: number;
}

/**
 * Kills one part after the other, or two at once, while a campaign runs: each once in a round, the rounds in random
 * order. @returns the deaths; fewer than wanted when the campaign is nearly done
 */
export async function killWhileRunning(
  stack: RunningStack,
  page: FirePage,
  random: Random,
  { most, shareOfTwo }: KillPlan,
): Promise<Kill[]> {
  const kills: Kill[] = [];
  let round: PartName[] = [];
  while (kills.length < most && (await hasEnoughLeft(page))) {
    if (round.length === 0) round = random.shuffled(PARTS);
    const atOnce = random.next() < shareOfTwo ? 2 : 1;
    kills.push(...(await killAndGoOn(stack, page, round.splice(0, Math.min(atOnce, most - kills.length)))));
    await pause(random.between(100, 1_500));
  }
  return kills;
}

/** Kills parts with SIGKILL and waits until each has a successor, the API answers and more messages reach Meta. */
async function killAndGoOn(stack: RunningStack, page: FirePage, parts: readonly PartName[]): Promise<Kill[]> {
  const startedMs = performance.now();
  const pids = parts.map((part) => stack.signal(part, 'SIGKILL'));
  await Promise.all(parts.map((part, index) => stack.successor(part, pids[index] ?? 0)));
  await goesOn(stack, page, `the death of ${parts.join(' and ')}`);
  const backMs = performance.now() - startedMs;
  return parts.map((part) => ({ part, backMs, isOfTwo: parts.length > 1 }));
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
  return Math.max(0, ...kills.filter((kill) => kill.part === part && !kill.isOfTwo).map(({ backMs }) => backMs));
}

/** How long it took after each death, for people: `worker 3.1 2.9, api 2.0 (4.0)`; in brackets when two died at once. */
export function describeKills(kills: readonly Kill[]): string {
  return PARTS.map((part) => {
    const seconds = kills.filter((kill) => kill.part === part).map(inSeconds);
    return `${part} ${seconds.join(' ') || '–'}`;
  }).join(', ');
}

function inSeconds({ backMs, isOfTwo }: Kill): string {
  const seconds = (backMs / 1_000).toFixed(1);
  return isOfTwo ? `(${seconds})` : seconds;
}

async function hasEnoughLeft(page: FirePage): Promise<boolean> {
  let accepted = 0;
  await waitUntil(async () => {
    accepted = await page.accepted();
    return true;
  }, PATIENCE_MS);
  return accepted < page.people.length * (1 - FEWEST_LEFT);
}
