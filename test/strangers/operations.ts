import { readFileSync } from 'node:fs';
import type {
  OpenAPIObject,
  OperationObject,
  ParameterObject,
  ReferenceObject,
  RequestBodyObject,
  ResponseObject,
  SchemaObject,
} from '@nestjs/swagger';
import type { Scope } from '../../src/workspaces/workspace-admin';
import type { Method } from '../api/api-under-test';

export type Schema = SchemaObject | ReferenceObject;

/** The document that the API publishes of itself. */
const DOCUMENT = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as OpenAPIObject;

const METHODS = ['get', 'post', 'patch', 'delete', 'put'] as const;

/** One call of the API, as the document describes it. */
export interface Operation {
  /** `POST /v1/topics`. */
  readonly name: string;
  readonly method: Method;
  /** With its parameters in braces. */
  readonly path: string;
  readonly pathParameters: readonly string[];
  readonly query: readonly ParameterObject[];
  /** JSON; absent where the call takes no body. */
  readonly body?: Schema;
  readonly bodyExample?: unknown;
  /** One line, where the call takes NDJSON too. */
  readonly line?: Schema;
  /** Scopes that a key needs, as the description says them; none where no key is asked for. */
  readonly scopes: readonly Scope[];
  readonly responses: Readonly<Record<string, ResponseObject>>;
}

/** Every call of the document: a new route is covered by standing in it. */
const OPERATIONS: readonly Operation[] = Object.entries(DOCUMENT.paths).flatMap(([path, item]) =>
  METHODS.flatMap((method) => {
    const operation = item[method];
    return operation === undefined ? [] : [described(method.toUpperCase() as Method, path, operation)];
  }),
);

/** The calls that belong to a workspace. */
export const TENANT_OPERATIONS = OPERATIONS.filter(({ scopes }) => scopes.length > 0);

/** What anybody may read: health, metrics, the verification of Meta's webhook. */
export const OPEN_READS = OPERATIONS.filter(({ scopes, method }) => scopes.length === 0 && method === 'GET');

/** Rows for `it.each`: the name first. */
export const named = (operations: readonly Operation[]): [string, Operation][] =>
  operations.map((operation) => [operation.name, operation]);

function described(method: Method, path: string, operation: OperationObject): Operation {
  const parameters = (operation.parameters ?? []).filter((parameter) => 'in' in parameter);
  const { content = {} } = (operation.requestBody ?? {}) as Partial<RequestBodyObject>;
  const { 'application/json': json, 'application/x-ndjson': ndjson } = content;
  return {
    name: `${method} ${path}`,
    method,
    path,
    pathParameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
    query: parameters.filter((parameter) => parameter.in === 'query'),
    ...(json?.schema !== undefined && { body: json.schema, bodyExample: json.example }),
    ...(json?.schema !== undefined && ndjson !== undefined && { line: entryOf(json.schema) }),
    scopes: scopesOf(operation),
    responses: operation.responses as Readonly<Record<string, ResponseObject>>,
  };
}

/** @throws Error where a call asks for a key and does not say its scopes */
function scopesOf({ operationId, description = '', security = [] }: OperationObject): Scope[] {
  const [, said = ''] = /Needs a key with scope (.+)\./.exec(description) ?? [];
  const scopes = [...said.matchAll(/`([a-z:]+)`/g)].map(([, scope]) => scope as Scope);
  if (security.length > 0 && scopes.length === 0) throw new Error(`${operationId ?? ''} does not say its scopes.`);
  return scopes;
}

/** A line of NDJSON is an entry of the list that the JSON form has. @throws Error where that has none */
function entryOf(body: Schema): Schema {
  const [list] = Object.values(resolved(body).properties ?? {})
    .map(resolved)
    .filter(({ items }) => items !== undefined);
  if (list?.items === undefined) throw new Error('The JSON form of the lines has no list.');
  return list.items;
}

/** A schema without its references. */
export function resolved(schema: Schema): SchemaObject {
  if (!('$ref' in schema)) return schema;
  const target = DOCUMENT.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''];
  if (target === undefined) throw new Error(`${schema.$ref} is not in the document.`);
  return resolved(target);
}
