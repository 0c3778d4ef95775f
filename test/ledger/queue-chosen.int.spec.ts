import { describe, expect, it } from '@jest/globals';
import { CampaignClosedError, ContentMissingError, queueChosen } from '../../src/ledger/queue-chosen';
import { uuidV7 } from '../../src/security/uuid-v7';
import { DAY, at, ledgerOfThisFile } from '../support/ledger-builders';
import { refusedWith } from '../support/scripted-meta';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

describe('A call that chooses people', () => {
  it('queues ten thousand of them, each once, in the order of the call', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 10_000);
    const campaign = await ledger.addCampaign(pageOf());
    const chosen = [...people].reverse();
    const result = await ledger.choose(campaign, chosen);
    expect(result).toMatchObject({ received: 10_000, duplicates: 0, unknown: 0, unknownIds: [] });
    expect(result.owed).toHaveLength(1);
    expect(await ledger.counts(campaign)).toEqual({ queued: 10_000 });
    expect((await ledger.sends(campaign)).map((send) => send.subscriber_id)).toEqual(chosen);
    expect(await ledger.wakes(campaign.campaignId)).toBe(1);
  }, 60_000);

  it('counts who is named twice, who is known already, and who is nobody', async () => {
    const ledger = ledgerOf();
    const [a = '', b = ''] = await ledger.addPeople(pageOf(), 2);
    const strangers = Array.from({ length: 120 }, () => uuidV7());
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.choose(campaign, [a]);
    const result = await ledger.choose(campaign, [a, b, b, ...strangers]);
    expect(result).toMatchObject({ received: 123, duplicates: 2, unknown: 120, unknownIds: strangers.slice(0, 100) });
    expect(await ledger.counts(campaign)).toEqual({ queued: 2 });
  });

  it('wakes nobody when it adds nobody', async () => {
    const ledger = ledgerOf();
    const campaign = await ledger.addCampaign(pageOf());
    expect(await ledger.choose(campaign, [uuidV7()])).toMatchObject({ received: 1, unknown: 1, owed: [] });
    expect(await ledger.wakes(campaign.campaignId)).toBe(0);
  });

  it('knows nobody of another Page', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(await ledger.addPage(), 1);
    expect(await ledger.choose(await ledger.addCampaign(pageOf()), people)).toMatchObject({ unknown: 1 });
  });

  it('takes the same content once, whatever the order of its keys, and another as another message', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 1);
    const campaign = await ledger.addCampaign(pageOf());
    const content = { text: 'New', metadata: 'x' };
    expect(await ledger.choose(campaign, people, content)).toMatchObject({ duplicates: 0 });
    expect(await ledger.choose(campaign, people, { metadata: 'x', text: 'New' })).toMatchObject({ duplicates: 1 });
    expect(await ledger.choose(campaign, people, { text: 'Newer' })).toMatchObject({ duplicates: 0 });
    expect(await ledger.counts(campaign)).toEqual({ queued: 2 });
  });

  it('keeps variables sealed under the row that stands', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const campaign = await ledger.addCampaign(pageOf());
    const call = { ...campaign, choiceId: uuidV7(), defaultContent: { text: 'Hello {{name}}' } };
    const recipients = [{ subscriberId: person, variables: { name: 'Ada' } }];
    await ledger.asApi((manager) => queueChosen(manager, ledger.keys, { ...call, recipients }));
    const send = await ledger.send(campaign, person);
    expect(send.variables_sealed?.includes('Ada')).toBe(false);
    const opened = ledger.envelope.open(send.variables_sealed ?? Buffer.alloc(0), `sends.variables:${send.id}`);
    expect(JSON.parse(opened.toString())).toEqual({ name: 'Ada' });
    expect(await ledger.runner().run(campaign, 500)).toMatchObject({ accepted: 1 });
  });

  it('queues again who was refused, failed or cancelled, with a life of their own', async () => {
    const ledger = ledgerOf();
    const [refused = '', failed = '', cancelled = ''] = await ledger.addPeople(pageOf(), 3);
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.owner.query(`UPDATE subscribers SET consent = 'revoked' WHERE id = $1`, [refused]);
    await ledger.choose(campaign, [refused, failed]);
    ledger.meta.says(() => refusedWith(2_300_004));
    await ledger.runner().run(campaign, 500);
    await ledger.choose(campaign, [cancelled]);
    await ledger.owner.query(`UPDATE sends SET state = 'cancelled' WHERE subscriber_id = $1`, [cancelled]);
    await ledger.owner.query(
      `INSERT INTO send_states (workspace_id, campaign_id, send_id, state, at)
       SELECT workspace_id, campaign_id, id, state, now() FROM sends WHERE subscriber_id = $1`,
      [cancelled],
    );
    await ledger.owner.query(`UPDATE subscriber_tokens SET state = 'active' WHERE subscriber_id = $1`, [failed]);
    await ledger.owner.query(`UPDATE subscribers SET consent = 'granted' WHERE id = $1`, [refused]);
    expect(await ledger.choose(campaign, [refused, failed, cancelled])).toMatchObject({ duplicates: 0 });
    const sends = await ledger.sends(campaign);
    expect(sends.map(({ state, tries, rule_id, reason }) => ({ state, tries, rule_id, reason }))).toEqual(
      sends.map(() => ({ state: 'queued', tries: 0, rule_id: null, reason: null })),
    );
    ledger.meta.says();
    await ledger.runner().run(campaign, 500);
    expect(await ledger.counts(campaign)).toEqual({ accepted: 3 });
    expect(await ledger.send(campaign, failed)).toMatchObject({ claim_no: 2 });
  });

  it.each(['sent', 'unknown'])('leaves alone who is %s', async (state) => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 1);
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.choose(campaign, people);
    if (state === 'unknown') ledger.meta.says(() => ({ kind: 'unknown', reason: 'timeout' }));
    await ledger.runner().run(campaign, 500);
    expect(await ledger.choose(campaign, people)).toMatchObject({ duplicates: 1, owed: [] });
  });

  it('gives each person one row when many calls come at once', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 300);
    const campaign = await ledger.addCampaign(pageOf());
    const results = await Promise.all(
      [people, [...people].reverse(), people, people.slice(100)].map((ids) => ledger.choose(campaign, ids)),
    );
    const taken = results.reduce((sum, { received, duplicates }) => sum + received - duplicates, 0);
    expect(taken).toBe(300);
    expect(await ledger.counts(campaign)).toEqual({ queued: 300 });
  });

  it.each(['draft', 'stopped', 'ended', 'failed'] as const)('is refused by a campaign that is %s', async (state) => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 1);
    const campaign = await ledger.addCampaign(pageOf(), { row: { state } });
    await expect(ledger.choose(campaign, people)).rejects.toMatchObject({ state });
    await expect(ledger.choose(campaign, people)).rejects.toBeInstanceOf(CampaignClosedError);
    expect(await ledger.sends(campaign)).toEqual([]);
  });

  it.each(['scheduled', 'populating', 'active', 'paused'] as const)('is taken by one that is %s', async (state) => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 1);
    const campaign = await ledger.addCampaign(pageOf(), { row: { state } });
    expect(await ledger.choose(campaign, people)).toMatchObject({ duplicates: 0, unknown: 0 });
  });

  it('is refused after the end of the schedule, whatever the state still says', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 1);
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.advance(30 * DAY);
    await expect(ledger.choose(campaign, people)).rejects.toMatchObject({ state: 'active', endAtMs: ledger.nowMs });
  });

  it('needs a content from somewhere', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 1);
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.owner.query('UPDATE campaigns SET message_id = NULL WHERE id = $1', [campaign.campaignId]);
    await expect(ledger.choose(campaign, people)).rejects.toBeInstanceOf(ContentMissingError);
    expect(await ledger.choose(campaign, people, { text: 'of the call' })).toMatchObject({ duplicates: 0 });
    const own = [{ subscriberId: at(people, 0), content: { text: 'of the person' } }];
    const call = { ...campaign, choiceId: uuidV7(), defaultContent: null, recipients: own };
    expect(await ledger.asApi((manager) => queueChosen(manager, ledger.keys, call))).toMatchObject({ duplicates: 0 });
  });
});
