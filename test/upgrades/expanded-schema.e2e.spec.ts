import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Shop } from '../support/shop';
import { Stack } from '../support/stack';
import { whyContract } from './contract-statements';

/** What a later release may add to the schema while the programs of this one still run. */
const EXPANSION = [
  'ALTER TABLE sends ADD COLUMN label text',
  `ALTER TABLE campaigns ADD COLUMN colour text NOT NULL DEFAULT 'blue'`,
  'ALTER TABLE subscribers ADD COLUMN score integer NOT NULL DEFAULT 0',
  'CREATE TABLE labels (id uuid PRIMARY KEY, workspace_id uuid NOT NULL, name text NOT NULL)',
  'CREATE INDEX sends_label ON sends (label) WHERE label IS NOT NULL',
  'GRANT SELECT ON labels TO herald_api, herald_worker',
  `INSERT INTO migrations (timestamp, name) VALUES (1900000000000, 'Labels1900000000000')`,
];

describe('The programs of a release on the schema of the next one', () => {
  let stack: Stack;
  let shop: Shop;

  beforeAll(async () => {
    stack = await Stack.start();
    await stack.control('PATCH', 'settings', { unitPriceMinor: 10, notReadyMinutes: 0 });
    for (const statement of EXPANSION) await stack.owner.query(statement);
    shop = await Shop.open(stack, 6);
  }, 120_000);
  afterAll(() => stack.stop(), 60_000);

  it('are given an expansion only', () => {
    expect(EXPANSION.map(whyContract)).toEqual(EXPANSION.map(() => null));
  });

  it('are ready', async () => {
    expect(await stack.call('GET', '/health/ready')).toMatchObject({ status: 200, body: { migrations: 'done' } });
  });

  it('run a campaign from its start to its end', async () => {
    const id = await shop.startCampaign({ audience: { all: true } });
    await stack.advance('PT3H');
    expect(await shop.comesTo(id, 'ended')).toMatchObject({ reason: 'completed', counts: { sent: 6, delivered: 6 } });
  }, 60_000);
});
