import type { ControlRoute } from './call';

const ERROR = {
  type: 'object',
  properties: {
    status: { type: 'integer' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: { type: 'object', properties: { field: { type: 'string' }, reason: { type: 'string' } } },
    },
  },
};

/** The control API as an OpenAPI 3.1 document, made from the same table that serves it. */
export function describe(routes: readonly ControlRoute[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const operations = (paths[route.path] ??= {});
    operations[route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Graph simulator, control API',
      version: '1.0.0',
      description: 'Makes people, moves the clock, sets what goes wrong and shows what happened. Loopback only.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [],
    paths,
    components: { schemas: { Error: ERROR } },
  };
}

function operationOf({ method, path, summary, body, query = [], status, answer }: ControlRoute): object {
  const isList = method === 'GET' && answer !== undefined && LISTS.has(path);
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...[...query, ...(isList ? ['limit', 'cursor'] : [])].map((name) => ({
      name,
      in: 'query',
      schema: { type: 'string' },
    })),
  ];
  return {
    operationId: `${method.toLowerCase()}${path.replaceAll(/[^a-z]+(\w)/gi, (_, letter: string) => letter.toUpperCase())}`,
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { content: { 'application/json': { schema: { ...body, additionalProperties: false } } } },
    }),
    responses: {
      [status]: { description: 'Done.', ...(answer && jsonOf(isList ? listOf(answer) : answer)) },
      '4XX': { description: 'Not done, and why.', ...jsonOf({ $ref: '#/components/schemas/Error' }) },
    },
  };
}

const LISTS: ReadonlySet<string> = new Set(
  ['apps', 'pages', 'people', 'sends', 'webhooks', 'requests', 'faults'].map((name) => `/__sim/${name}`),
);

function listOf(row: object): object {
  const nextCursor = { type: ['string', 'null'], description: 'Null at the end.' };
  return { type: 'object', properties: { data: { type: 'array', items: row }, nextCursor } };
}

function jsonOf(schema: object): object {
  return { content: { 'application/json': { schema } } };
}
