import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { CrashPoint } from '../../src/crash-points';
import { SLICE_SIZE } from '../../src/ledger/page-rate';
import type { OwnCampaign, ShownCampaign } from './crashable-stack';
import { CrashableStack } from './crashable-stack';

jest.setTimeout(180_000);

/** Two slices, the second of them not full. */
const PEOPLE = 100;

/** More than a close-out moves at once. */
const CLOSED_OUT = 600;

/** Where a batch dies, and how many of its messages Meta has at least and at most in the end. */
const POINTS: readonly { readonly point: CrashPoint; readonly least: number; readonly most: number }[] = [
  { point: 'after-claim', least: PEOPLE, most: PEOPLE },
  { point: 'after-begin', least: PEOPLE - SLICE_SIZE, most: PEOPLE - SLICE_SIZE },
  { point: 'after-bytes-left', least: PEOPLE - SLICE_SIZE + 1, most: PEOPLE },
  { point: 'after-answer', least: PEOPLE - SLICE_SIZE + 1, most: PEOPLE },
  { point: 'before-settle', least: PEOPLE, most: PEOPLE },
  { point: 'after-settle-commit', least: SLICE_SIZE, most: PEOPLE },
];

/** What is neither claimed nor sent may be taken up while the next worker dies: it is looked at afterwards. */
describe('A worker that dies while it sends', () => {
  let stack: CrashableStack;
  const campaigns = new Map<CrashPoint, OwnCampaign>();
  let created: { readonly id: string; readonly createsBefore: number };
  let closedOut: OwnCampaign;

  const campaignOf = (point: CrashPoint): OwnCampaign => {
    const campaign = campaigns.get(point);
    if (campaign === undefined) throw new Error(`There is no campaign for ${point}.`);
    return campaign;
  };
  const read = (point: CrashPoint): Promise<ShownCampaign> =>
    stack.herald.ok('GET', `/v1/campaigns/${campaignOf(point).id}`);

  beforeAll(async () => {
    stack = await CrashableStack.start();
    for (const { point } of POINTS) campaigns.set(point, await stack.campaignFor(PEOPLE));
    await stack.herald.advance('PT2H');
  }, 240_000);
  afterAll(async () => {
    await stack.stop();
  }, 60_000);

  const creates = async (): Promise<number> => {
    const path = `${campaignOf('after-claim').page.meta.adAccountId}/message_campaign`;
    return (await stack.herald.control('GET', `requests?path=${path}`)).data.length as number;
  };

  it('between the creation of a campaign at Meta and its row has a successor', async () => {
    created = { id: await stack.draft(campaignOf('after-claim').page.id), createsBefore: await creates() };
    const start = `/v1/campaigns/${created.id}/start`;
    await stack.dieAt('after-create-at-meta', 'worker', () => stack.herald.ok('POST', start));
  });

  it('in the middle of a close-out has a successor', async () => {
    closedOut = await stack.campaignFor(CLOSED_OUT);
    await stack.choose(closedOut);
    await stack.dieAt('after-close-out-fence', 'worker', () =>
      stack.herald.ok('POST', `/v1/campaigns/${closedOut.id}/stop`),
    );
  });

  it.each(POINTS)('$point has a successor who sends what is left', async ({ point }) => {
    await stack.dieAt(point, 'worker', () => stack.choose(campaignOf(point)));
    await stack.herald.until(`/v1/campaigns/${campaignOf(point).id}`, ({ counts }: ShownCampaign) => {
      const open = counts.sending + counts.unknown;
      return open <= SLICE_SIZE && counts.accepted + open === PEOPLE;
    });
  });

  it('creates no second campaign at Meta', async () => {
    await stack.herald.until(`/v1/campaigns/${created.id}`, ({ metaCampaignId }) => metaCampaignId !== undefined);
    expect(await creates()).toBe(created.createsBefore + 1);
    await stack.herald.ok('POST', `/v1/campaigns/${created.id}/stop`);
  });

  it('has the rest of its close-out cancelled', async () => {
    const { counts, budget } = await stack.herald.until(
      `/v1/campaigns/${closedOut.id}`,
      ({ counts: now }: ShownCampaign) => now['cancelled'] === CLOSED_OUT,
    );
    expect(counts).toMatchObject({ queued: 0, held: 0, claimed: 0, sending: 0 });
    expect(budget).toMatchObject({ reservedMinor: 0, spentMinor: 0 });
  });

  it('leaves nothing unknown a day later', async () => {
    await stack.herald.advance('PT25H');
    const all = await Promise.all(POINTS.map(({ point }) => read(point)));
    expect(all.map(({ counts }) => counts.unknown + counts.sending)).toEqual(POINTS.map(() => 0));
  });

  it.each(POINTS)('$point is not repeated to anybody, and the money is right', async ({ point, least, most }) => {
    const { counts, budget } = await read(point);
    const journal = await stack.journalOf(campaignOf(point));
    expect(journal.maxPerPerson).toBe(1);
    expect(journal.accepted).toBeGreaterThanOrEqual(least);
    expect(journal.accepted).toBeLessThanOrEqual(most);
    expect(counts.delivered).toBe(journal.accepted);
    expect(counts.failed + counts.assumed_sent).toBe(PEOPLE - journal.accepted);
    expect(budget).toMatchObject({ spentMinor: journal.spentMinor });
  });

  it('keeps every promise', async () => {
    expect((await stack.check([...campaigns.values()])).violations).toEqual([]);
  });
});
