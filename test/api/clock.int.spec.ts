import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from './api-under-test';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('The sandbox clock', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
  });
  beforeEach(() => api.owner.query('UPDATE clock SET target_at = NULL'));
  afterAll(() => api.stop());

  it('shows the business time', async () => {
    const { status, body } = await api.get('/v1/sandbox/clock');
    expect({ status, body }).toEqual({ status: 200, body: { now: expect.any(String), status: 'ready', target: null } });
    expect(Math.abs(Date.parse(String(body['now'])) - Date.now())).toBeLessThan(60_000);
  });

  it('is told how far to go', async () => {
    const { status, body } = await api.post('/v1/sandbox/clock', { advance: 'PT12H' });
    expect({ status, state: body['status'] }).toEqual({ status: 202, state: 'advancing' });
    expect(Date.parse(String(body['target'])) - Date.parse(String(body['now']))).toBe(12 * HOUR_MS);
    expect((await api.get('/v1/sandbox/clock')).body).toMatchObject({ status: 'advancing', target: body['target'] });
    const further = await api.post('/v1/sandbox/clock', { advance: 'PT1H' });
    expect(Date.parse(String(further.body['target'])) - Date.parse(String(body['target']))).toBe(HOUR_MS);
  });

  it('is told where to go', async () => {
    const now = new Date(Date.now() + DAY_MS).toISOString();
    expect((await api.post('/v1/sandbox/clock', { now })).body['target']).toBe(now);
  });

  it.each([
    ['nothing', {}, 'advance'],
    ['both', { advance: 'PT1H', now: '2030-01-01T00:00:00Z' }, 'advance'],
    ['no duration', { advance: '12 hours' }, 'advance'],
    ['a month, which has no fixed length', { advance: 'P1M' }, 'advance'],
    ['a negative duration', { advance: '-PT1H' }, 'advance'],
    ['more than 366 days', { advance: 'P367D' }, 'advance'],
    ['an endless duration', { advance: `P${'9'.repeat(30)}D` }, 'advance'],
    ['the past', { now: '2020-01-01T00:00:00Z' }, 'now'],
    ['a far future', { now: '2100-01-01T00:00:00Z' }, 'now'],
    ['a time without zone', { now: '2030-01-01T00:00:00' }, 'now'],
    ['a day that is none', { now: '2030-02-30T00:00:00Z' }, 'now'],
    ['null', { advance: null }, 'advance'],
  ])('does not take %s', async (_title, body, field) => {
    const answer = await api.post('/v1/sandbox/clock', body);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ field }] } });
    expect((await api.get('/v1/sandbox/clock')).body['status']).toBe('ready');
  });

  it('takes 366 days', async () => {
    expect((await api.post('/v1/sandbox/clock', { advance: 'P366D' })).status).toBe(202);
  });
});

describe('Outside sandbox mode', () => {
  it('the clock does not exist, in no document either', () =>
    ApiUnderTest.within(
      async (api) => {
        expect((await api.get('/v1/sandbox/clock')).status).toBe(404);
        expect((await api.post('/v1/sandbox/clock', { advance: 'PT1H' })).status).toBe(404);
        expect((await api.get('/openapi.json')).text).not.toContain('sandbox/clock');
      },
      { HERALD_SANDBOX: '0' },
    ));
});
