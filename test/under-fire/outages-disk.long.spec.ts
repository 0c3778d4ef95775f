import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningStack } from '../support/running-stack';
import { FirePage } from './fire-page';
import { goesOn } from './kills';
import { surviveTo, underWay } from './outages';
import { SmallDisk } from './small-disk';

const DISK_MEGABYTES = 700;
/** How long the disk stays full, wall clock. */
const FULL_MS = 8_000;
const PEOPLE = 600;
const SENDS_PER_SECOND = 20;
/** A part that died several times waits longer and longer before it starts again. */
const BACK_WITHIN_MS = 45_000;

const disk = SmallDisk.mount(DISK_MEGABYTES);

/** Everything of a stack lies on one disk here: database, Temporal's state, logs, and the simulator's journal. */
(disk === null ? describe.skip : describe)('A campaign whose disk is full for a while', () => {
  let stack: RunningStack;

  beforeAll(async () => {
    stack = await RunningStack.start({ directory: `${disk?.folder ?? ''}/data` });
  }, 180_000);
  afterAll(async () => {
    await stack.stop();
    disk?.unmount();
  }, 60_000);

  it('goes on by itself when there is space again', async () => {
    const page = await FirePage.open(stack, { people: PEOPLE, sendsPerSecond: SENDS_PER_SECOND });
    await page.startCampaign('messages');
    await underWay(page);
    disk?.fill();
    await pause(FULL_MS);
    disk?.free();
    const startedMs = performance.now();
    await goesOn(stack, page, 'the disk was full');
    const backMs = performance.now() - startedMs;
    const { violations } = await surviveTo(stack, page, 'disk full for 8 s', { kills: 0, backMs });
    expect(violations).toEqual([]);
    expect(backMs).toBeLessThan(BACK_WITHIN_MS);
  }, 400_000);
});
