import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PartName } from '../../src/cli/launcher/part-name';
import { RunningStack } from '../support/running-stack';
import { FirePage } from './fire-page';
import { FrozenPart } from './freeze';
import { judge } from './judge';
import { goesOn } from './kills';
import { reportFire } from './report';
import { SecondWorker } from './second-worker';

const PEOPLE = 5_000;
const SENDS_PER_SECOND = 40;
const PATIENCE_MS = 240_000;

/** Longer than heartbeat (5 s), idle transaction and deadline of a send (10 s each), and the age of what is swept (60 s). */
const WORKER_FROZEN_MS = 66_000;

/**
 * Longer than heartbeat (5 s), connection time-out (5 s), idle transaction and the deadline of a send (10 s); not as long as
 * a keyed request may stand before it is taken over (30 s).
 */
const SERVER_FROZEN_MS = 12_000;

/** A process that stands still keeps its connections and its locks, and goes on later as if nothing had been. */
describe('A campaign of 5,000 while processes are frozen', () => {
  let stack: RunningStack;
  let page: FirePage;
  let second: SecondWorker;
  let longestMs = 0;

  const measured = async (after: string): Promise<void> => {
    const startedMs = performance.now();
    await goesOn(stack, page, after);
    longestMs = Math.max(longestMs, performance.now() - startedMs);
  };

  beforeAll(async () => {
    stack = await RunningStack.start();
    page = await FirePage.open(stack, { people: PEOPLE, sendsPerSecond: SENDS_PER_SECOND });
    await page.startCampaign('messages');
    await goesOn(stack, page, 'the start');
  }, 240_000);
  afterAll(async () => {
    await second.stop();
    await stack.stop();
  }, 90_000);

  it('goes on by a second worker while the first is frozen for 66 s, and bears its return', async () => {
    const frozen = FrozenPart.freeze(stack, 'worker');
    const frozenAtMs = performance.now();
    second = SecondWorker.start(stack);
    await measured('the worker was frozen');
    await pause(WORKER_FROZEN_MS - (performance.now() - frozenAtMs));
    frozen.thaw();
    await goesOn(stack, page, 'the worker came back');
  }, 240_000);

  it.each<PartName>(['api', 'temporal', 'postgres'])(
    'goes on after the %s was frozen for 12 s',
    async (part) => {
      const frozen = FrozenPart.freeze(stack, part);
      await pause(SERVER_FROZEN_MS);
      frozen.thaw();
      await measured(`the ${part} was frozen`);
    },
    120_000,
  );

  it('comes to its end with nobody twice, nothing in flight and no outcome unknown', async () => {
    await page.completed(PATIENCE_MS);
    const counts = await page.resolved(PATIENCE_MS);
    const { accepted, maxPerPerson } = await page.summary();
    const { violations } = await judge(stack.directory);
    reportFire({
      name: 'frozen processes',
      sent: accepted,
      kills: 0,
      backSeconds: longestMs / 1_000,
      violations: violations.length,
      unknown: counts['unknown'] ?? 0,
    });
    expect(violations).toEqual([]);
    expect(maxPerPerson).toBe(1);
    expect(counts['sending']).toBe(0);
  }, 600_000);
});
