import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from './api-under-test';

describe('Asking for a reset', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
  });
  afterAll(() => api.stop());

  it('needs the scope admin', async () => {
    const key = await api.otherKey({ workspaceId: api.workspaceId, scopes: ['read', 'write', 'send', 'pii:read'] });
    expect(await api.post('/v1/sandbox/reset', undefined, { key })).toMatchObject({ status: 403 });
    expect(await api.owner.query('SELECT id FROM outbox')).toEqual([]);
  });

  it('is taken while no worker runs, stands in the outbox, and keeps the clock from being ready', async () => {
    const answer = await api.post('/v1/sandbox/reset', undefined, { headers: { 'idempotency-key': 'once' } });
    expect(answer).toMatchObject({ status: 202, body: { status: 'resetting' } });
    const again = await api.post('/v1/sandbox/reset', undefined, { headers: { 'idempotency-key': 'once' } });
    expect(again).toMatchObject({ status: 202, headers: { 'idempotency-replayed': 'true' } });
    expect(await api.owner.query('SELECT kind, workspace_id FROM outbox')).toEqual([
      { kind: 'sandbox_reset', workspace_id: api.workspaceId },
    ]);
    expect((await api.get('/v1/sandbox/clock')).body['status']).toBe('advancing');
  }, 30_000);
});

describe('Outside sandbox mode', () => {
  it('there is no reset, in no document either', () =>
    ApiUnderTest.within(
      async (api) => {
        expect((await api.post('/v1/sandbox/reset')).status).toBe(404);
        expect((await api.get('/openapi.json')).text).not.toContain('sandbox/reset');
      },
      { HERALD_SANDBOX: '0' },
    ));
});
