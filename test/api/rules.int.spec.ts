import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RULE_IDS } from '../../domain/rules/rule';
import { ApiUnderTest } from './api-under-test';

describe('The rules', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
  });
  afterAll(() => api.stop());

  it('are listed with sentence, dates and source', async () => {
    const { body } = await api.get('/v1/rules');
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual(RULE_IDS);
    for (const rule of body.data) {
      expect(rule).toMatchObject({ sentence: expect.any(String), source: { label: expect.any(String) } });
      expect(rule['versions']).toEqual(
        expect.arrayContaining([expect.objectContaining({ from: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) })]),
      );
    }
  });

  it('come in parts', async () => {
    const first = await api.get('/v1/rules?limit=30');
    const second = await api.get(`/v1/rules?limit=30&cursor=${first.body.nextCursor}`);
    expect([...first.body.data, ...second.body.data]).toHaveLength(RULE_IDS.length);
    expect(second.body.nextCursor).toBeNull();
  });

  it('say which version is in force at the business time', async () => {
    const { body } = await api.get('/v1/rules/R-08');
    expect(body).toMatchObject({ id: 'R-08', inForce: { window: 'PT12H' } });
    expect((await api.get('/v1/rules/R-19')).body['inForce']).toBeNull();
  });
});
