import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '../support/stack';
import { Stack } from '../support/stack';
import { eventually } from '../workflows/subscriber-life';

const DAY_MS = 86_400_000;
const PEOPLE = 12;
/** `HOLD_WORKFLOW_MAX` of this stack. */
const IN_THEIR_OWN = 5;

/** Lets nobody claim a batch of such a kind: each try fails as if the database were in trouble. */
const refuseBatches = (name: string, ofKind: string): string => `
CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$;
CREATE TRIGGER ${name} BEFORE INSERT ON batches FOR EACH ROW WHEN (NEW.kind ${ofKind}) EXECUTE FUNCTION ${name}()`;
const letBatches = (name: string): string => `DROP TRIGGER ${name} ON batches; DROP FUNCTION ${name}()`;

const KEEP_CAMPAIGNS_FROM_CLAIMING = refuseBatches('refuse_batch', `<> 'single'`);
const LET_CAMPAIGNS_CLAIM = letBatches('refuse_batch');
/** What was put back their own workflows do not claim anew. */
const KEEP_SINGLES_FROM_CLAIMING = refuseBatches('refuse_single', `= 'single'`);
const LET_SINGLES_CLAIM = letBatches('refuse_single');

/** Lets no subscriber's own workflow begin what it has claimed. */
const KEEP_SINGLES_FROM_BEGINNING = `
CREATE FUNCTION refuse_begin() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM batches WHERE id = NEW.batch_id AND kind = 'single') THEN RAISE EXCEPTION 'not now'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refuse_begin BEFORE UPDATE ON sends FOR EACH ROW
  WHEN (OLD.state = 'claimed' AND NEW.state = 'sending') EXECUTE FUNCTION refuse_begin()`;
const LET_SINGLES_BEGIN = 'DROP TRIGGER refuse_begin ON sends; DROP FUNCTION refuse_begin()';

describe('People of a campaign who are held for their slot', () => {
  let stack: Stack;
  let pageId: string;
  let people: string[];

  beforeAll(async () => {
    stack = await Stack.start('happy', { HOLD_WORKFLOW_MAX: String(IN_THEIR_OWN) });
    const page = await stack.connectPage();
    pageId = page.id;
    await stack.control('POST', 'people', { pageId: page.meta.id, count: PEOPLE, source: 'OPT_IN' });
    await stack.sync(pageId);
    people = await stack.subscriberIds();
    const campaignId = await campaign('First');
    await stack.advance('PT2H');
    await counted(campaignId, { delivered: PEOPLE });
  }, 180_000);
  afterAll(async () => {
    await stack.stop();
  }, 60_000);

  /** Starts a campaign. */
  const started = async (name: string, more: Record<string, unknown> = {}): Promise<string> => {
    const startAt = Date.parse((await stack.ok('GET', '/v1/sandbox/clock')).now as string);
    const { id } = await stack.ok('POST', '/v1/campaigns', {
      name,
      pageId,
      kind: 'direct',
      content: { text: `${name}: new arrivals are in.` },
      budget: { type: 'lifetime', amountMinor: 100_000, currency: 'USD' },
      bidMinor: 10,
      whenSlotTaken: 'hold',
      schedule: { startAt: new Date(startAt).toISOString(), endAt: new Date(startAt + 20 * DAY_MS).toISOString() },
      ...more,
    });
    await stack.ok('POST', `/v1/campaigns/${id}/start`);
    return id as string;
  };
  /** Starts a campaign and chooses everybody for it. */
  const campaign = async (name: string): Promise<string> => {
    const id = await started(name);
    await stack.ok('POST', `/v1/campaigns/${id}/messages`, {
      recipients: people.map((subscriberId) => ({ subscriberId })),
    });
    return id;
  };
  const counted = (campaignId: string, counts: Record<string, number>): Promise<Json> =>
    stack.until(`/v1/campaigns/${campaignId}`, (body) =>
      Object.entries(counts).every(([state, count]) => body.counts[state] === count),
    );
  /** What the open subscriber workflows show of themselves. */
  const views = async (): Promise<Json[]> => {
    const open: Json[] = [];
    for (const id of people) {
      const { workflowId } = await stack.ok('GET', `/v1/subscribers/${id}`);
      const view = await stack.temporal.workflow
        .getHandle(workflowId as string)
        .query<Json>('view')
        .catch(() => null);
      if (view !== null) open.push(view);
    }
    return open;
  };
  /** Batches that sent somebody of a campaign, by kind. */
  const batches = async (campaignId: string): Promise<Record<string, number>> => {
    const found = await stack.owner.query<{ kind: string; sends: number }[]>(
      `SELECT b.kind, count(*)::int AS sends FROM sends s JOIN batches b ON b.id = s.batch_id
        WHERE s.campaign_id = $1 GROUP BY b.kind`,
      [campaignId],
    );
    return Object.fromEntries(found.map(({ kind, sends }) => [kind, sends]));
  };
  const metaCampaign = async (campaignId: string): Promise<string> =>
    (await stack.ok('GET', `/v1/campaigns/${campaignId}`)).metaCampaignId as string;
  const summary = async (campaignId: string): Promise<Json> =>
    stack.control('GET', `sends/summary?campaignId=${await metaCampaign(campaignId)}`);

  let second: string;

  it('wait in their own workflow too, up to HOLD_WORKFLOW_MAX of a campaign, and are seen there', async () => {
    second = await campaign('Second');
    await stack.advance('PT2H');
    const { data } = await stack.ok('GET', `/v1/campaigns/${second}/recipients?state=held`);
    expect(data).toHaveLength(PEOPLE);
    let waiting: Json[] = [];
    await eventually(async () => {
      waiting = await views();
      expect(waiting).toHaveLength(IN_THEIR_OWN);
    });
    for (const view of waiting) {
      expect(view).toMatchObject({ stage: 'waitForSlot', nextAt: data[0].allowedAt });
      expect(view.held).toEqual([expect.objectContaining({ campaignId: second, ruleId: 'R-08' })]);
    }
  }, 60_000);

  it('are sent by their own workflow where the campaign does not come to it, the others by the campaign', async () => {
    await stack.owner.query(KEEP_CAMPAIGNS_FROM_CLAIMING);
    await stack.ok('POST', '/v1/sandbox/clock', { advance: 'P1D' });
    await counted(second, { sent: IN_THEIR_OWN, held: PEOPLE - IN_THEIR_OWN });
    expect(await batches(second)).toEqual({ single: IN_THEIR_OWN });
    await stack.owner.query(LET_CAMPAIGNS_CLAIM);
    await stack.until('/v1/sandbox/clock', (clock: Json) => clock.status === 'ready');
    await counted(second, { delivered: PEOPLE, held: 0 });
    expect(await batches(second)).toEqual({ single: IN_THEIR_OWN, chosen: PEOPLE - IN_THEIR_OWN });
    expect(await summary(second)).toMatchObject({ accepted: PEOPLE, people: PEOPLE, maxPerPerson: 1 });
  }, 120_000);

  it('get their message once when both come at the same moment', async () => {
    const third = await campaign('Third');
    await stack.advance('PT2H');
    await counted(third, { held: PEOPLE });
    await stack.advance('P1D');
    await counted(third, { delivered: PEOPLE, held: 0 });
    expect(await summary(third)).toMatchObject({ accepted: PEOPLE, people: PEOPLE, maxPerPerson: 1 });
    const { minGapMs } = await stack.control('GET', 'sends/summary');
    expect(minGapMs).toBeGreaterThanOrEqual(DAY_MS / 2);
  }, 120_000);

  /**
   * Their slot opens and subscriber workflows claim some of them, who do not get further; the campaign sends the others,
   * and looks when nobody is left to it.
   */
  const claimedBesideTheCampaign = async (campaignId: string): Promise<Json> => {
    await counted(campaignId, { held: PEOPLE });
    const { data } = await stack.ok('GET', `/v1/campaigns/${campaignId}/recipients?state=held`);
    const latest = (data as Json[])
      .map(({ allowedAt }) => allowedAt as string)
      .sort()
      .at(-1);
    await stack.owner.query(KEEP_CAMPAIGNS_FROM_CLAIMING);
    await stack.owner.query(KEEP_SINGLES_FROM_BEGINNING);
    await stack.ok('POST', '/v1/sandbox/clock', { now: latest });
    await stack.until(
      `/v1/campaigns/${campaignId}/recipients?state=claimed`,
      ({ data }) => data.length === IN_THEIR_OWN,
    );
    await stack.owner.query(LET_CAMPAIGNS_CLAIM);
    await counted(campaignId, { sent: PEOPLE - IN_THEIR_OWN, held: 0 });
    return stack.until(
      `/v1/campaigns/${campaignId}`,
      ({ state, waitingFor }) => state === 'ended' || (waitingFor !== undefined && waitingFor.what !== 'slot'),
    );
  };

  it('are not called off by a campaign that has nobody else left', async () => {
    const fourth = await started('Fourth', { audience: { all: true } });
    await stack.advance('PT2H');
    const last = await claimedBesideTheCampaign(fourth);
    expect(last).toMatchObject({ state: 'active', waitingFor: { what: 'meta' }, counts: { cancelled: 0 } });
    await stack.owner.query(LET_SINGLES_BEGIN);
    await stack.until(`/v1/campaigns/${fourth}`, ({ state }) => state === 'ended');
    await stack.advance('PT10M');
    expect(await counted(fourth, { delivered: PEOPLE })).toMatchObject({ reason: 'completed' });
    expect(await batches(fourth)).toEqual({ single: IN_THEIR_OWN, chosen: PEOPLE - IN_THEIR_OWN });
  }, 120_000);

  it('are sent by the campaign where their own workflow puts them back to the queue', async () => {
    const fifth = await campaign('Fifth');
    await stack.advance('PT2H');
    expect(await claimedBesideTheCampaign(fifth)).toMatchObject({ state: 'active' });
    await stack.owner.query(KEEP_SINGLES_FROM_CLAIMING);
    await stack.owner.query(
      `UPDATE sends SET claimed_wall_at = now() - interval '121 seconds' WHERE campaign_id = $1 AND state = 'claimed'`,
      [fifth],
    );
    await counted(fifth, { sent: PEOPLE });
    await stack.owner.query(LET_SINGLES_CLAIM);
    await stack.owner.query(LET_SINGLES_BEGIN);
    expect(await batches(fifth)).toEqual({ chosen: PEOPLE });
    expect(await summary(fifth)).toMatchObject({ accepted: PEOPLE, people: PEOPLE, maxPerPerson: 1 });
  }, 120_000);
});
