import { readFileSync } from 'node:fs';
import type { OpenAPIObject, OperationObject, RequestBodyObject, ResponseObject } from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from './api-under-test';

const METHODS = ['get', 'post', 'patch', 'delete'] as const;

interface Listed {
  readonly name: string;
  readonly operation: OperationObject;
}

const operationsOf = ({ paths }: OpenAPIObject): Listed[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [{ name: `${method.toUpperCase()} ${path}`, operation }];
    }),
  );

describe('The OpenAPI document of the running API', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
  });
  afterAll(() => api.stop());

  it('is open to all and names the same calls as the one in docs', async () => {
    const { status, text } = await api.get('/openapi.json', { key: null });
    expect(status).toBe(200);
    const names = (document: OpenAPIObject) => operationsOf(document).map(({ name }) => name);
    expect(names(JSON.parse(text) as OpenAPIObject).sort()).toEqual(names(written).sort());
  });

  it('can be read and tried at /docs without a key', async () => {
    const page = await api.get('/docs', { key: null });
    expect(page).toMatchObject({ status: 200 });
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect((await api.get('/docs/swagger-ui-bundle.js', { key: null })).status).toBe(200);
  });
});

const written = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as OpenAPIObject;
const calls = operationsOf(written).map(({ name, operation }) => [name, operation] as const);

describe('In docs/openapi.json', () => {
  it.each(calls)('%s has a summary and examples of its bodies', (_name, { summary, requestBody, responses }) => {
    expect(summary).toMatch(/^[A-Z].*\.$/);
    const bodies = [requestBody, ...Object.values(responses)] as (RequestBodyObject | ResponseObject | undefined)[];
    for (const body of bodies) {
      for (const media of Object.values(body?.content ?? {})) expect(media.example ?? media.examples).toBeDefined();
    }
  });

  it.each(calls.filter(([name]) => name.includes(' /v1/')))('%s names the errors it can answer', (name, operation) => {
    const statuses = Object.keys(operation.responses);
    const expected = ['401', '403', '429', '500', '503'];
    if (name.includes('{')) expected.push('404');
    if (operation.requestBody !== undefined) expected.push('400', '413', '415', '422');
    if (name.startsWith('POST')) expected.push('400', '409', '422');
    expect(statuses).toEqual(expect.arrayContaining(expected));
    expect(operation.security).toEqual([{ apiKey: [] }]);
  });
});
