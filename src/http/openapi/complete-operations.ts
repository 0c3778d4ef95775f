import type { OpenAPIObject, OperationObject, RequestBodyObject, ResponseObject } from '@nestjs/swagger';
import { describeLines } from './describe-lines';
import type { DocumentedCall } from './documented-call';
import { documentedCall } from './documented-call';
import { Examples } from './example-of';
import { problemCodesOf } from './problem-codes';
import { PROBLEM_EXAMPLES, PROBLEM_SCHEMA, problemResponses } from './problem-responses';
import { IDEMPOTENCY_KEY, LOCATION, RATE_HEADERS, REPLAYED } from './shared-parts';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Adds to every operation what it does not say itself: each error it can answer, scopes, headers, examples. */
export function completeOperations(document: OpenAPIObject): OpenAPIObject {
  document.components ??= {};
  document.components.schemas = { ...document.components.schemas, Problem: PROBLEM_SCHEMA };
  document.components.examples = PROBLEM_EXAMPLES;
  const examples = new Examples(document);
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation !== undefined) complete(documentedCall(operation, method, path), examples);
    }
  }
  return document;
}

function complete(call: DocumentedCall, examples: Examples): void {
  const { operation, isIdempotent } = call;
  if (isIdempotent) operation.parameters = [...(operation.parameters ?? []), IDEMPOTENCY_KEY];
  for (const [status, response] of Object.entries(operation.responses)) {
    if (status < '300') addToSuccess(response as ResponseObject, status, call);
  }
  sayScopes(call);
  sayIds(operation);
  addExamples(operation, examples);
  describeLines(operation);
  Object.assign(operation.responses, problemResponses(problemCodesOf(call)));
}

/** A call that asks for no key says so. */
function sayScopes({ operation, scopes }: DocumentedCall): void {
  operation.security ??= [];
  if (scopes.length === 0) return;
  const needed = `Needs a key with scope ${scopes.map((scope) => `\`${scope}\``).join(' and ')}.`;
  operation.description = [operation.description, needed].filter(Boolean).join('\n\n');
}

/** Ids in paths are ours, but for the ids of rules. */
function sayIds({ parameters = [] }: OperationObject): void {
  for (const parameter of parameters) {
    if (!('in' in parameter) || parameter.in !== 'path' || parameter.name === 'ruleId') continue;
    parameter.schema = { type: 'string', format: 'uuid' };
  }
}

function addToSuccess(response: ResponseObject, status: string, call: DocumentedCall): void {
  response.headers = {
    ...response.headers,
    ...(call.scopes.length > 0 && RATE_HEADERS),
    ...(call.isIdempotent && REPLAYED),
    ...(status === '201' && LOCATION),
  };
  if (Object.keys(response.headers).length === 0) delete response.headers;
  if (response.description === '') response.description = call.operation.summary ?? 'Done.';
}

function addExamples({ requestBody, responses }: OperationObject, examples: Examples): void {
  const bodies = [requestBody, ...Object.values(responses)] as (RequestBodyObject | ResponseObject | undefined)[];
  for (const media of bodies.flatMap((body) => Object.values(body?.content ?? {}))) {
    if (media.example !== undefined || media.examples !== undefined) continue;
    const example = examples.of(media.schema);
    if (example !== undefined) media.example = example;
  }
}
