import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rowSecurityGaps } from '../../scripts/row-security';
import { ApiDatabase } from '../../src/http/databases';
import { Tenant } from '../../src/http/tenant';
import { PageEntity } from '../../src/persistence/entities';
import { createWorkspace } from '../../src/workspaces/workspace-admin';
import { ApiUnderTest } from './api-under-test';
import { connectedPage } from './fixtures';

describe('Two workspaces', () => {
  let api: ApiUnderTest;
  let theirs: string;
  let ourPage: string;
  let theirPage: string;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
    theirs = (await createWorkspace(api.owner, 'Borealis')).id;
    ourPage = await connectedPage(api);
    theirPage = await connectedPage(api, { workspaceId: theirs });
  });
  afterAll(() => api.stop());

  it('see their own rows only', async () => {
    const theirKey = await api.otherKey({ workspaceId: theirs });
    const seen = async (key: string): Promise<string[]> =>
      (await api.get('/v1/pages', { key })).body.data.map(({ id }: { id: string }) => id);
    expect(await seen(api.key)).toEqual([ourPage]);
    expect(await seen(theirKey)).toEqual([theirPage]);
  });

  it('cannot write rows of each other, whatever a statement says', async () => {
    const tenant = api.app.get(Tenant);
    const change = tenant.transaction(api.workspaceId, (manager) =>
      manager.update(PageEntity, { id: theirPage }, { name: 'Ours now' }),
    );
    expect((await change).affected).toBe(0);
    const move = tenant.transaction(api.workspaceId, (manager) =>
      manager.update(PageEntity, { id: ourPage }, { workspaceId: theirs }),
    );
    await expect(move).rejects.toThrow('row-level security');
  });

  it('are nobody’s to a connection that names no workspace', async () => {
    expect(await api.app.get(ApiDatabase).dataSource.getRepository(PageEntity).count()).toBe(0);
  });

  it('are kept apart by a policy on every table that the API may touch', async () => {
    expect(await rowSecurityGaps(api.owner)).toEqual([]);
  });

  it.each([
    ['ALTER TABLE topics DISABLE ROW LEVEL SECURITY', 'Row-level security is off on topics.'],
    ['DROP POLICY tenant ON topics', 'No policy of topics is for herald_api.'],
    [
      'CREATE POLICY open ON topics TO herald_api USING (true)',
      'A policy of topics for herald_api does not name the workspace in both directions.',
    ],
  ])('would be found together after %s', async (statement, gap) => {
    const runner = api.owner.createQueryRunner();
    await runner.startTransaction();
    await runner.query(statement);
    const gaps = await rowSecurityGaps(runner.manager);
    await runner.rollbackTransaction();
    await runner.release();
    expect(gaps).toEqual([gap]);
  });
});
