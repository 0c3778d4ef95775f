import { readFileSync } from 'node:fs';
import type { OpenAPIObject, OperationObject, RequestBodyObject } from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { uuidV7 } from '../../src/security/uuid-v7';
import type { Answer, Method } from './api-under-test';
import { ApiUnderTest } from './api-under-test';
import { connectedPage } from './fixtures';
import { inHours } from './people';

/** Some hundred requests a case. */
jest.setTimeout(60_000);

const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as OpenAPIObject;

/** What a field is replaced by: each of them breaks somebody who trusts it. */
const JUNK: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  2 ** 53,
  '',
  'x',
  '\u0000',
  '\ud800',
  '019ab0c4-7c00-7000-8000-00000000ffff',
  '2026-02-30T99:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '{{'.repeat(500),
  'ä'.repeat(10_000),
  [],
  [null],
  ['x', 5],
  {},
  { all: true, not: null },
];

type Json = Record<string, unknown>;

/** Every body that differs from a good one in one field, at any depth. */
function* spoiled(body: unknown): Generator {
  if (typeof body !== 'object' || body === null) return;
  for (const [field, value] of Object.entries(body)) {
    for (const junk of JUNK) yield withField(body, field, junk);
    for (const inner of spoiled(value)) yield withField(body, field, inner);
  }
}

const withField = (body: object, field: string, value: unknown): unknown =>
  Array.isArray(body)
    ? body.map((entry: unknown, index) => (String(index) === field ? value : entry))
    : { ...body, [field]: value };

function exampleOf({ requestBody }: OperationObject): unknown {
  const media = (requestBody as RequestBodyObject | undefined)?.content['application/json'];
  const [first] = Object.values(media?.examples ?? {}) as { readonly value?: unknown }[];
  return media?.example ?? first?.value;
}

const withBody = Object.entries(document.paths).flatMap(([path, item]) =>
  (['post', 'patch'] as const).flatMap((method): [Method, string, Json][] => {
    const operation = item[method];
    const example = operation && exampleOf(operation);
    return path.startsWith('/v1/') && example !== undefined
      ? [[method.toUpperCase() as Method, path, example as Json]]
      : [];
  }),
);

/** The other resources have specs of their own for this. */
const HERE = /^\/v1\/(api-keys|pages|topics|rules|sandbox)/;

const withQuery = Object.entries(document.paths).flatMap(([path, item]) =>
  (item.get?.parameters ?? []).flatMap((parameter): [string, string][] =>
    'in' in parameter && parameter.in === 'query' && path.startsWith('/v1/') ? [[path, parameter.name]] : [],
  ),
);

/** What a good body may still meet: nobody answers for Meta here, and rules judge the person. */
const NOT_THE_BODY = ['RULE.REFUSED', 'META.UNREACHABLE', 'CAMPAIGN.STATE', 'CAMPAIGN.BUDGET_COMMITTED'];

describe('The example of a body', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.build();
  });
  afterAll(() => world.api.stop());

  it.each(withBody)('is taken: %s %s', async (method, path, example) => {
    const { status, body } = await world.send(method, path, world.known(example));
    expect(status < 400 ? 'taken' : [body.code, body.errors]).toEqual(
      status < 400 ? 'taken' : [expect.stringMatching(NOT_THE_BODY.join('|')), undefined],
    );
  });
});

describe('Input that is wrong in one place', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.build();
  });
  afterAll(() => world.api.stop());

  it.each(withBody.filter(([, path]) => HERE.test(path)))('is never a 5xx: %s %s', async (method, path, example) => {
    const broken: unknown[] = [];
    await inGroups([...spoiled(world.known(example))], async (body) => {
      const { status, text } = await world.send(method, path, body);
      if (status >= 500 && status !== 502) broken.push({ status, text, body: JSON.stringify(body).slice(0, 300) });
    });
    expect(broken).toEqual([]);
  });

  it.each(withQuery.filter(([path]) => HERE.test(path)))('is never a 5xx: GET %s?%s=', async (path, name) => {
    const broken: unknown[] = [];
    await inGroups(JUNK, async (junk) => {
      const value = encodeURIComponent(Buffer.from(String(junk)).toString('utf8').slice(0, 2_000));
      const { status, text } = await world.send('GET', `${path}?${name}=${value}`);
      if (status >= 500) broken.push({ status, text, value });
    });
    expect(broken).toEqual([]);
  });
});

/** Several at a time, as callers come. */
async function inGroups<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const size = 10;
  for (let at = 0; at < all.length; at += size) await Promise.all(all.slice(at, at + size).map(work));
}

const AHEAD: Readonly<Record<string, Date>> = {
  startAt: inHours(24),
  endAt: inHours(6 * 24),
  expiresAt: inHours(365 * 24),
};

/** One resource of each kind, so that a call goes as far as it can. */
class World {
  private constructor(
    readonly api: ApiUnderTest,
    private readonly ids: Record<string, string>,
  ) {}

  static async build(): Promise<World> {
    const api = await ApiUnderTest.start();
    const world = new World(api, {
      pages: await connectedPage(api, { metaPageId: '999', systemUserTokenSealed: Buffer.from('sealed') }),
    });
    for (const segment of ['topics', 'subscribers', 'automations', 'campaigns']) await world.make(segment);
    return world;
  }

  private async make(segment: string): Promise<void> {
    const example = withBody.find(([method, path]) => method === 'POST' && path === `/v1/${segment}`)?.[2];
    const { status, text, body } = await this.send('POST', `/v1/${segment}`, this.known(example));
    if (status >= 400) throw new Error(`The example of /v1/${segment} is not taken: ${text}`);
    this.ids[segment] = body.id;
  }

  /** Ids of examples are nobody's, and their moments go by. */
  known(value: unknown): unknown {
    const { ids } = this;
    return JSON.parse(
      JSON.stringify(value)
        .replaceAll(/"(page|subscriber|topic|campaign)Id":"[0-9a-f-]{36}"/g, (whole, kind: string) =>
          ids[`${kind}s`] === undefined ? whole : `"${kind}Id":"${ids[`${kind}s`] ?? ''}"`,
        )
        .replaceAll(/"pageIds":\["[0-9a-f-]{36}"\]/g, `"pageIds":["${ids['pages'] ?? ''}"]`)
        .replaceAll(
          /"(startAt|endAt|expiresAt)":"[^"]*"/g,
          (_all, name: string) => `"${name}":${JSON.stringify(AHEAD[name])}`,
        ),
    ) as unknown;
  }

  /** Sends once more what came too fast. */
  async send(method: Method, path: string, body?: unknown): Promise<Answer> {
    const url = path.replaceAll(
      /\/([a-z-]+)\/\{[A-Za-z]+\}/g,
      (_all, segment: string) => `/${segment}/${this.ids[segment] ?? uuidV7()}`,
    );
    for (;;) {
      const answer = await this.api.call(method, url, { body });
      if (answer.status !== 429) return answer;
    }
  }
}
