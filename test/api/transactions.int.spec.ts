import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiDatabase } from '../../src/http/databases';
import { EffectTransaction } from '../../src/http/effect-transaction';
import { RequestContext } from '../../src/http/request-context';
import { Tenant } from '../../src/http/tenant';
import { readNowMs } from '../../src/persistence/clock';
import { TopicEntity } from '../../src/persistence/entities';
import { uuidV7 } from '../../src/security/uuid-v7';
import { Barrier } from '../support/barrier';
import { ApiUnderTest } from './api-under-test';
import { connectedPage } from './fixtures';

describe('A transaction of a tenant', () => {
  let api: ApiUnderTest;
  let tenant: Tenant;
  let pageId: string;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
    tenant = api.app.get(Tenant);
    pageId = await connectedPage(api);
  });
  afterAll(() => api.stop());

  const topic = (title: string) => ({
    id: uuidV7(),
    workspaceId: api.workspaceId,
    pageId,
    title,
    titleKey: title,
    expectation: 'x',
  });
  const titles = async (): Promise<string[]> =>
    (await api.owner.getRepository(TopicEntity).find({ order: { id: 'ASC' } })).map(({ title }) => title);
  const effect = () => new EffectTransaction(api.app.get(ApiDatabase).dataSource, api.workspaceId);
  const insert = (title: string, fail = false): Promise<void> =>
    tenant.transaction(api.workspaceId, async (manager) => {
      await manager.insert(TopicEntity, topic(title));
      if (fail) throw new Error('no');
    });

  it('runs its hooks after the commit, and the answer waits for them', async () => {
    let seen: string[] = [];
    await tenant.transaction(api.workspaceId, async (manager) => {
      await manager.insert(TopicEntity, topic('a'));
      RequestContext.afterCommit(async () => {
        seen = await titles();
      });
    });
    expect(seen).toContain('a');
  });

  it('runs no hook when it fails, and survives a hook that fails', async () => {
    let ran = false;
    const failing = tenant.transaction(api.workspaceId, () => {
      RequestContext.afterCommit(() => {
        ran = true;
      });
      return Promise.reject(new Error('no'));
    });
    await expect(failing).rejects.toThrow('no');
    expect(ran).toBe(false);
    await tenant.transaction(api.workspaceId, (manager) => {
      RequestContext.afterCommit(() => Promise.reject(new Error('the waker is down')));
      return readNowMs(manager);
    });
  });

  it('takes no hook outside itself', () => {
    expect(() => {
      RequestContext.afterCommit(() => undefined);
    }).toThrow('outside a transaction');
  });

  it('joins the transaction of an idempotent request and becomes visible with it', async () => {
    const whole = effect();
    const hooks: string[] = [];
    await RequestContext.within(whole, async () => {
      await tenant.read(api.workspaceId, readNowMs);
      expect(whole.hasBegun).toBe(false);
      await insert('joined');
      expect(whole.hasBegun).toBe(true);
      const seenInside = await tenant.read(api.workspaceId, (manager) =>
        manager.countBy(TopicEntity, { title: 'joined' }),
      );
      expect(seenInside).toBe(1);
      await tenant.transaction(api.workspaceId, () => {
        RequestContext.afterCommit(() => void hooks.push('woken'));
        return Promise.resolve();
      });
    });
    expect(await titles()).not.toContain('joined');
    expect(hooks).toEqual([]);
    await whole.commit(() => Promise.resolve());
    expect(await titles()).toContain('joined');
    expect(hooks).toEqual(['woken']);
  });

  it('that fails inside it is undone alone', async () => {
    const whole = effect();
    await RequestContext.within(whole, async () => {
      await insert('kept');
      await expect(insert('undone', true)).rejects.toThrow('no');
    });
    await whole.commit(() => Promise.resolve());
    expect(await titles()).toContain('kept');
    expect(await titles()).not.toContain('undone');
  });

  it('whose answer cannot be stored leaves nothing', async () => {
    const whole = effect();
    await RequestContext.within(whole, () => insert('lost'));
    await expect(whole.commit(() => Promise.reject(new Error('taken over')))).rejects.toThrow('taken over');
    expect(await titles()).not.toContain('lost');
    await whole.rollback();
  });

  it('is repeated from its savepoint after a deadlock', async () => {
    await insert('one');
    await insert('two');
    const lock = 'UPDATE topics SET expectation = expectation WHERE title = $1';
    const whole = effect();
    const other = api.owner.createQueryRunner();
    await other.startTransaction();
    await other.query(`SET LOCAL deadlock_timeout = '30s'`);
    await other.query(lock, ['one']);
    let tries = 0;
    const otherIsThrough = new Barrier();
    const joined = RequestContext.within(whole, () =>
      tenant.transaction(api.workspaceId, async (manager) => {
        tries += 1;
        // What it let go is free to whoever comes first: it could take it again before the other, and deadlock once more.
        if (tries > 1) await otherIsThrough.pass();
        await manager.query(lock, ['two']);
        await manager.query(lock, ['one']);
      }),
    );
    await untilSomebodyWaits();
    await other.query(lock, ['two']);
    otherIsThrough.release();
    await other.commitTransaction();
    await other.release();
    await joined;
    await whole.commit(() => Promise.resolve());
    expect(tries).toBe(2);
  });

  async function untilSomebodyWaits(): Promise<void> {
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    while ((await api.owner.query<unknown[]>(waiting)).length === 0);
  }
});
