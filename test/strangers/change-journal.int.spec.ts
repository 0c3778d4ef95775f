import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { uuidV7 } from '../../src/security/uuid-v7';
import { ApiUnderTest } from '../api/api-under-test';
import { connectedPage } from '../api/fixtures';
import { topic } from '../api/people';
import { ChangeJournal } from './change-journal';

let api: ApiUnderTest;
let journal: ChangeJournal;
beforeAll(async () => {
  api = await ApiUnderTest.start();
  journal = await ChangeJournal.install(api.owner);
});
afterAll(() => api.stop());

it('What belongs to a workspace is noted with it', async () => {
  const pageId = await connectedPage(api);
  await journal.since();
  await topic(api, pageId);
  expect(await journal.since()).toEqual([{ what: 'INSERT topics', workspaceId: api.workspaceId }]);
});

it('What belongs to nobody is noted too: a clock that moves, the key of an event', async () => {
  await journal.since();
  expect(await api.post('/v1/sandbox/clock', { advance: 'PT1H' })).toMatchObject({ status: 202 });
  await api.owner.query(`INSERT INTO event_keys (page_id, key) VALUES ($1, 'key')`, [uuidV7()]);
  expect(await journal.since()).toEqual([
    { what: 'UPDATE clock', workspaceId: null },
    { what: 'INSERT event_keys', workspaceId: null },
  ]);
});
