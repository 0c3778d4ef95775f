import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningStack } from '../support/running-stack';
import { Bystander } from './bystander';
import { FirePage } from './fire-page';
import { judge } from './judge';
import { describeKills, goesOn, killWhileRunning, longestBack, type Kill } from './kills';
import { Meanwhile } from './meanwhile';
import { Random } from './random';
import { reportFire } from './report';

const PEOPLE = 5_000;
const SENDS_PER_SECOND = 60;
const KILLS = Number(process.env['KILLS'] ?? 50);
const PATIENCE_MS = 180_000;

/** Messages in flight at one time: what a death may leave without an outcome. */
const SLICE = 64;

/** Whoever is missing in the journal and had not left is counted as sent, or was found not to be by Meta's own word. */
const SHOWN_OF_THE_MISSING = ['assumed_sent', 'failed'];

/** Limits of the time to go on: a worker's death, and that of the database or of Temporal. */
const WORKER_BACK_MS = 6_000;
const SERVER_BACK_MS = 15_000;

/** Campaigns of 5,000 while everything is killed at random; `KILL_SEED` and `KILLS` repeat or shorten a run. */
describe('Campaigns of 5,000 under random kills', () => {
  const random = Random.ofEnvironment('KILL_SEED');
  const directory = mkdtempSync(join(tmpdir(), 'herald-kills-'));
  const pages: FirePage[] = [];
  const lives: Meanwhile[] = [];
  const kills: Kill[] = [];
  let stack: RunningStack;
  let bystander: Bystander;

  const openCampaign = async (): Promise<{ page: FirePage; meanwhile: Meanwhile }> => {
    const page = await FirePage.open(stack, { people: PEOPLE, sendsPerSecond: SENDS_PER_SECOND });
    await page.startCampaign(pages.length % 2 === 0 ? 'messages' : 'audience');
    const meanwhile = new Meanwhile(page, random);
    pages.push(page);
    lives.push(meanwhile);
    return { page, meanwhile };
  };

  beforeAll(async () => {
    stack = await RunningStack.start({ directory });
    bystander = await Bystander.settleIn(stack);
  }, 180_000);
  afterAll(async () => {
    await stack.stop();
    rmSync(directory, { recursive: true, force: true });
  }, 60_000);

  it(`complete by themselves, however often a part dies (KILL_SEED=${random.seed})`, async () => {
    while (kills.length < KILLS) {
      const { page, meanwhile } = await openCampaign();
      kills.push(...(await killWhileRunning(stack, page, random, { most: KILLS - kills.length, shareOfTwo: 0.5 })));
      await meanwhile.end();
      process.stdout.write(`Seconds to go on: ${describeKills(kills)}\n`);
      await page.completed(PATIENCE_MS);
    }
  }, 1_200_000);

  it('go on after the launcher itself was killed and started again', async () => {
    const { page, meanwhile } = await openCampaign();
    await goesOn(stack, page, 'the start');
    await stack.killLauncher();
    stack = await RunningStack.start({ directory });
    await goesOn(stack, page, 'the death of the launcher');
    await meanwhile.end();
    await page.completed(PATIENCE_MS);
  }, 600_000);

  it('leave no outcome unknown a day later, nobody twice, and at most a slice a kill missing', async () => {
    let sent = 0;
    let unknown = 0;
    let missing = 0;
    for (const page of pages) {
      unknown += (await page.resolved(PATIENCE_MS))['unknown'] ?? 0;
      const { accepted, maxPerPerson } = await page.summary();
      expect(maxPerPerson).toBe(1);
      sent += accepted;
      const states = await page.statesOfTheMissing();
      expect([...states.keys()].filter((state) => !SHOWN_OF_THE_MISSING.includes(state))).toEqual([]);
      missing += (states.get('assumed_sent') ?? 0) + (states.get('failed') ?? 0);
    }
    expect(missing).toBeLessThanOrEqual(SLICE * (kills.length + 1));
    const { violations } = await judge(stack.directory);
    reportFire({
      name: 'random kills',
      sent,
      kills: kills.length + 1,
      backSeconds: Math.max(...kills.map(({ backMs }) => backMs)) / 1_000,
      violations: violations.length,
      unknown,
    });
    expect(violations).toEqual([]);
  }, 600_000);

  it('have lost nothing that was acknowledged meanwhile', async () => {
    expect((await Promise.all(lives.map((life) => life.lost()))).flat()).toEqual([]);
  }, 120_000);

  it('have not touched the tenant beside them', async () => {
    const { now, before } = await bystander.views();
    expect(now).toEqual(before);
  });

  it('go on within 6 s of a worker’s death and 15 s of the database’s or Temporal’s', () => {
    expect(longestBack(kills, 'worker')).toBeLessThanOrEqual(WORKER_BACK_MS);
    expect(longestBack(kills, 'postgres')).toBeLessThanOrEqual(SERVER_BACK_MS);
    expect(longestBack(kills, 'temporal')).toBeLessThanOrEqual(SERVER_BACK_MS);
  });
});
