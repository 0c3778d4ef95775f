import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { waitUntil } from '../../src/cli/launcher/wait-until';
import { ApiUnderTest } from './api-under-test';

/** The longest that somebody who asks waits for the worker. */
const PATIENCE_MS = 10_000;

describe('Asking for a reset', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(() => api.stop());

  const owed = (): Promise<unknown[]> => api.owner.query('SELECT kind, workspace_id FROM outbox');

  it('needs the scope admin', async () => {
    const key = await api.otherKey({ workspaceId: api.workspaceId, scopes: ['read', 'write', 'send', 'pii:read'] });
    expect(await api.post('/v1/sandbox/reset', undefined, { key })).toMatchObject({ status: 403 });
    expect(await owed()).toEqual([]);
  });

  it('is taken while no worker runs, stands in the outbox, and keeps the clock from being ready', async () => {
    const asked = api.post('/v1/sandbox/reset', undefined, { headers: { 'idempotency-key': 'once' } });
    expect(await waitUntil(async () => (await owed()).length > 0, PATIENCE_MS / 2)).toBe(true);
    let later = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => (later += PATIENCE_MS));
    expect(await asked).toMatchObject({ status: 202, body: { status: 'resetting' } });
    const again = await api.post('/v1/sandbox/reset', undefined, { headers: { 'idempotency-key': 'once' } });
    expect(again).toMatchObject({ status: 202, headers: { 'idempotency-replayed': 'true' } });
    expect(await owed()).toEqual([{ kind: 'sandbox_reset', workspace_id: api.workspaceId }]);
    expect((await api.get('/v1/sandbox/clock')).body['status']).toBe('advancing');
  });
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
