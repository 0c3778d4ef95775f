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

it('What came and went again is nothing, and what only came or only went is', async () => {
  const id = uuidV7();
  const pageId = await connectedPage(api);
  await topic(api, pageId);
  const insert = (): Promise<unknown> =>
    api.owner.query(
      `INSERT INTO topics
       SELECT (jsonb_populate_record(topics, jsonb_build_object('id', $1::uuid, 'title_key', 'passing'))).*
         FROM topics WHERE page_id = $2`,
      [id, pageId],
    );
  const remove = (): Promise<unknown> => api.owner.query('DELETE FROM topics WHERE id = $1', [id]);
  await journal.since();
  await insert();
  await remove();
  expect(await journal.since()).toEqual([]);
  await insert();
  expect(await journal.since()).toEqual([{ what: 'INSERT topics', workspaceId: api.workspaceId }]);
  await remove();
  await insert();
  expect((await journal.since()).map(({ what }) => what)).toEqual(['DELETE topics', 'INSERT topics']);
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
