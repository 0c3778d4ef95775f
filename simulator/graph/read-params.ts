import type { HttpRequest } from '../server/http';
import { badParameter } from './graph-error';
import { isObject, Params } from './params';

/** The parameters of a request, from its query and from its body in either encoding. */
export function readParams({ headers, query, body }: HttpRequest): Params {
  return new Params(body.length === 0 ? {} : readBody(headers['content-type'] ?? '', body), query);
}

/** A body in braces is JSON whatever its type says: curl calls every body a form. */
function readBody(contentType: string, body: Buffer): Readonly<Record<string, unknown>> {
  const text = body.toString();
  if (contentType.startsWith('application/x-www-form-urlencoded') && !text.startsWith('{')) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  const value = parse(text);
  if (!isObject(value)) throw badParameter('The body must be a JSON object.');
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw badParameter('The body cannot be read.');
  }
}
