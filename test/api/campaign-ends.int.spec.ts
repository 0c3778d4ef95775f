import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PostgresCampaignRecords } from '../../src/campaigns/lifecycle/campaign-records';
import { ApiUnderTest } from './api-under-test';
import { startedCampaign } from './campaigns';
import { connectedPage } from './fixtures';
import { inHours, optedIn } from './people';

/** The workflow has read its plan and means to end the campaign; a call is answered before it does. */
describe('A campaign whose workflow is about to end it', () => {
  let api: ApiUnderTest;
  let pageId: string;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
    pageId = await connectedPage(api, { country: 'US' });
  });
  afterAll(() => api.stop());

  /** Plans, lets the call come in between, and ends. @returns whether the campaign ended, and what it is then */
  async function endedAround(call: (id: string) => Promise<{ status: number }>, status: number) {
    const campaignId = await startedCampaign(api, pageId, 'active');
    const ids = { workspaceId: api.workspaceId, pageId, campaignId };
    const records = new PostgresCampaignRecords(api.owner);
    const plan = await records.load(ids);
    expect((await call(campaignId)).status).toBe(status);
    const move = { to: 'ended', by: 'end', reason: 'schedule_ended', wakeSeq: plan?.wakeSeq ?? 0 } as const;
    return { hasEnded: await records.move(ids, move), state: (await records.load(ids))?.state };
  }

  it('goes on when its end was moved', async () => {
    const ended = await endedAround((id) => api.patch(`/v1/campaigns/${id}`, { endAt: inHours(100) }), 200);
    expect(ended).toEqual({ hasEnded: false, state: 'active' });
  });

  it('goes on with the people who were chosen', async () => {
    const recipients = [{ subscriberId: await optedIn(api, pageId) }];
    const ended = await endedAround((id) => api.post(`/v1/campaigns/${id}/messages`, { recipients }), 202);
    expect(ended).toEqual({ hasEnded: false, state: 'active' });
  });

  it('ends when it got another name', async () => {
    const ended = await endedAround((id) => api.patch(`/v1/campaigns/${id}`, { name: 'Spring' }), 200);
    expect(ended).toEqual({ hasEnded: true, state: 'ended' });
  });
});
