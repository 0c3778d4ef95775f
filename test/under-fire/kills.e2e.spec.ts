import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningStack } from '../support/running-stack';
import { Bystander } from './bystander';
import { FirePage } from './fire-page';
import { judge } from './judge';
import { describeKills, killWhileRunning, type Kill } from './kills';
import { Meanwhile } from './meanwhile';
import { Random } from './random';
import { reportFire } from './report';

const PEOPLE = 1_000;
const SENDS_PER_SECOND = 10;
const KILLS = 5;
const PATIENCE_MS = 90_000;

/** A campaign while every part of the stack is killed once; `KILL_SEED` repeats a run. */
describe('A campaign under random kills', () => {
  const random = Random.ofEnvironment('KILL_SEED');
  let stack: RunningStack;
  let bystander: Bystander;
  let page: FirePage;
  let meanwhile: Meanwhile;
  let kills: Kill[] = [];
  let counts: Record<string, number>;

  beforeAll(async () => {
    stack = await RunningStack.start();
    bystander = await Bystander.settleIn(stack);
    page = await FirePage.open(stack, { people: PEOPLE, sendsPerSecond: SENDS_PER_SECOND });
    await page.startCampaign('messages');
  }, 180_000);
  afterAll(async () => {
    await stack.stop();
  }, 60_000);

  it(`goes on after every kill, and comes to its end by itself (KILL_SEED=${random.seed})`, async () => {
    meanwhile = new Meanwhile(page, random);
    kills = await killWhileRunning(stack, page, random, { most: KILLS, shareOfTwo: 0 });
    await meanwhile.end();
    process.stdout.write(`Seconds to go on: ${describeKills(kills)}\n`);
    await page.hurry();
    await page.completed(PATIENCE_MS);
    expect(kills.length).toBe(KILLS);
  }, 240_000);

  it('leaves no outcome unknown a day later, and nobody has got it twice', async () => {
    counts = await page.resolved(PATIENCE_MS);
    const { accepted, maxPerPerson } = await page.summary();
    const { violations } = await judge(stack.directory);
    reportFire({
      name: 'random kills in CI',
      sent: accepted,
      kills: kills.length,
      backSeconds: Math.max(...kills.map(({ backMs }) => backMs)) / 1_000,
      violations: violations.length,
      unknown: counts['unknown'] ?? 0,
    });
    expect(violations).toEqual([]);
    expect(maxPerPerson).toBe(1);
  }, 240_000);

  it('has lost nothing that was acknowledged meanwhile', async () => {
    expect(await meanwhile.lost()).toEqual([]);
  }, 60_000);

  it('has not touched the tenant beside it', async () => {
    const { now, before } = await bystander.views();
    expect(now).toEqual(before);
  });
});
