import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { WorkerProgram } from '../../src/worker-program';
import { Shop } from '../support/shop';
import { Stack } from '../support/stack';
import { DatabaseCopy } from './database-copy';

const SPACING_MS = 12 * 3_600_000;

/** A database that is restored to a moment in the middle of a campaign has forgotten whom it wrote to since. */
describe('A restored database', () => {
  let stack: Stack;
  let shop: Shop;
  let backup: DatabaseCopy;
  let campaign: string;

  beforeAll(async () => {
    stack = await Stack.start();
    await stack.control('PATCH', 'settings', { unitPriceMinor: 10, readRate: 0, clickRate: 0, notReadyMinutes: 0 });
    shop = await Shop.open(stack, 18);
    campaign = await shop.startCampaign({ whenSlotTaken: 'hold' });
    await shop.choose(campaign, shop.people.slice(0, 5));
    await stack.advance('PT2H');
    await stack.stopWorker();
    await shop.choose(campaign, shop.people.slice(5, 15));
    backup = await DatabaseCopy.of(stack.config.database.ownerUrl);
    stack.startWorker();
    await delivered(15);
    await stack.stopWorker();
    await backup.restore();
    await counts({ sent: 5, queued: 10 });
  }, 180_000);
  afterAll(() => stack.stop(), 60_000);

  const counts = (expected: Readonly<Record<string, number>>): Promise<unknown> =>
    stack.until(`/v1/campaigns/${campaign}`, (body) =>
      Object.entries(expected).every(([state, count]) => body.counts[state] === count),
    );
  const delivered = (count: number): Promise<unknown> => counts({ delivered: count });

  it('has every campaign paused, and takes the next moments over from Meta, before anything is sent', async () => {
    const program = new WorkerProgram({ ...stack.config, startPaused: true }, '', pino({ level: 'error' }));
    const running = program.run();
    expect(await shop.comesTo(campaign, 'paused')).toMatchObject({ reason: 'paused_by_request' });
    await stack.sync(shop.pageId);
    program.stop();
    await running;
    expect(await stack.control('GET', 'sends/summary')).toMatchObject({ accepted: 15 });
  }, 60_000);

  it('sends nothing to whom it had forgotten, and goes on with the others', async () => {
    stack.startWorker();
    await shop.choose(campaign, shop.people.slice(15));
    await shop.command(campaign, 'resume');
    await counts({ sent: 8, held: 10, queued: 0 });
    expect(await stack.control('GET', 'sends/summary')).toMatchObject({ accepted: 18, maxPerPerson: 1 });
  }, 60_000);

  it('sends again once the spacing is over what nobody can know was sent: the limit that the docs name', async () => {
    await stack.advance('P1D');
    await counts({ sent: 18, held: 0 });
    const { maxPerPerson, minGapMs } = await stack.control('GET', 'sends/summary');
    expect(maxPerPerson).toBe(2);
    expect(minGapMs).toBeGreaterThanOrEqual(SPACING_MS);
  }, 60_000);
});
