import { beforeEach, describe, expect, it } from '@jest/globals';
import { GraphCampaignAtMeta } from '../../src/campaigns/lifecycle/campaign-at-meta';
import type { GraphClient } from '../../src/graph-api/graph-client';
import type { GraphResult } from '../../src/graph-api/graph-result';
import { Barrier, until } from '../support/barrier';
import type { TestCampaign } from '../support/ledger-builders';
import { START_MS, ledgerOfThisFile } from '../support/ledger-builders';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

const USAGE = { percent: 0, regainAfterMs: 0 };
const ok = <T>(value: T): GraphResult<T> => ({ kind: 'ok', value, usage: USAGE });
const lost: GraphResult<never> = { kind: 'unknown', reason: 'timeout' };

/** The campaigns of an ad account, as the calls of the client see them. */
class AdAccount {
  readonly campaigns: string[] = [];
  created = 0;
  loses = false;
  hides = false;
  gate: Barrier | null = null;

  readonly client = {
    createMessageCampaign: async (): Promise<GraphResult<{ metaCampaignId: string }>> => {
      await this.gate?.pass();
      const metaCampaignId = `meta-${++this.created}`;
      this.campaigns.push(metaCampaignId);
      return this.loses ? lost : ok({ metaCampaignId });
    },
    findMessageCampaigns: () =>
      Promise.resolve(ok(this.hides ? [] : this.campaigns.map((metaCampaignId) => ({ metaCampaignId, name: '' })))),
    deleteCampaign: ({ metaCampaignId }: { metaCampaignId: string }) => {
      this.campaigns.splice(this.campaigns.indexOf(metaCampaignId), 1);
      return Promise.resolve(ok(true as const));
    },
    deliveryEstimate: () => Promise.resolve(ok({ unitCostHighMinor: 7 })),
  } as unknown as GraphClient;
}

let account: AdAccount;
beforeEach(() => {
  account = new AdAccount();
});

const atMeta = () => new GraphCampaignAtMeta(ledgerOf().worker, account.client, ledgerOf().envelope);

const scheduled = (): Promise<TestCampaign> =>
  ledgerOf().addCampaign(pageOf(), {
    row: {
      state: 'scheduled',
      metaCampaignId: null,
      metaCreatedAt: null,
      unitCostMinor: null,
      unitCostSource: null,
      startAt: new Date(START_MS),
    },
  });

async function stored({ campaignId }: TestCampaign) {
  const [row] = await ledgerOf().owner.query<
    {
      state: string;
      meta_campaign_id: string | null;
      unit_cost_minor: number | null;
      unit_cost_source: string | null;
    }[]
  >('SELECT state, meta_campaign_id, unit_cost_minor, unit_cost_source FROM campaigns WHERE id = $1', [campaignId]);
  return row;
}

describe('The campaign at Meta', () => {
  it('is created once, with its price', async () => {
    const campaign = await scheduled();
    await atMeta().create(campaign);
    await atMeta().create(campaign);
    expect(account.created).toBe(1);
    expect(await stored(campaign)).toEqual({
      state: 'populating',
      meta_campaign_id: 'meta-1',
      unit_cost_minor: 7,
      unit_cost_source: 'estimate',
    });
  });

  it('is found again after a lost answer', async () => {
    const campaign = await scheduled();
    account.loses = true;
    await atMeta().create(campaign);
    expect(await stored(campaign)).toMatchObject({ state: 'scheduled', meta_campaign_id: null });
    await ledgerOf().advance(60_000);
    await atMeta().create(campaign);
    expect(account.created).toBe(1);
    expect(await stored(campaign)).toMatchObject({ state: 'populating', meta_campaign_id: 'meta-1' });
  });

  it('is created a second time only after two empty reads, a minute apart, and the other is deleted', async () => {
    const campaign = await scheduled();
    account.loses = true;
    account.hides = true;
    for (const waitMs of [0, 30_000, 20_000]) {
      await ledgerOf().advance(waitMs);
      await atMeta().create(campaign);
      expect(account.created).toBe(1);
    }
    account.loses = false;
    await ledgerOf().advance(60_000);
    await atMeta().create(campaign);
    expect(account.created).toBe(2);
    expect(await stored(campaign)).toMatchObject({ state: 'populating', meta_campaign_id: 'meta-2' });
  });

  it('is one where two attempts create at once', async () => {
    const campaign = await scheduled();
    account.gate = new Barrier();
    account.hides = true;
    const attempts = [atMeta().create(campaign), atMeta().create(campaign)];
    await until(() => account.gate?.waiting === 1);
    account.gate.release();
    await Promise.all(attempts);
    expect(account.created).toBe(1);
    expect(account.campaigns).toEqual(['meta-1']);
    expect(await stored(campaign)).toMatchObject({ meta_campaign_id: 'meta-1' });
  });

  it('keeps the one of the row when an attempt that was held up for long creates another', async () => {
    const campaign = await scheduled();
    const gate = new Barrier();
    account.gate = gate;
    const slow = atMeta().create(campaign);
    await until(() => gate.waiting === 1);
    account.gate = null;
    for (const waitMs of [60_000, 60_000, 60_000]) {
      await ledgerOf().advance(waitMs);
      await atMeta().create(campaign);
    }
    expect(await stored(campaign)).toMatchObject({ meta_campaign_id: 'meta-1' });
    gate.release();
    await slow;
    expect(account.created).toBe(2);
    expect(account.campaigns).toEqual(['meta-1']);
    expect(await stored(campaign)).toMatchObject({ state: 'populating', meta_campaign_id: 'meta-1' });
  });

  it('is not created for a campaign that was stopped meanwhile', async () => {
    const campaign = await scheduled();
    await ledgerOf().owner.query(`UPDATE campaigns SET state = 'stopped' WHERE id = $1`, [campaign.campaignId]);
    await atMeta().create(campaign);
    expect(account.created).toBe(0);
  });
});
