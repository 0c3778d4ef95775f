import { badParameter } from './graph-error';

/** Meta's own samples quote the members of some parameters with apostrophes. */
const SINGLE_QUOTED = /^\{\s*'/;

type Values = Readonly<Record<string, unknown>>;

/** Parameters of a request, whether they came in the query, as a form or as JSON: values may be JSON text in each. */
export class Params {
  constructor(
    private readonly body: Values,
    private readonly query: URLSearchParams | undefined,
  ) {}

  /** A copy of the query, to build the address of a list's next page from. */
  queryCopy(): URLSearchParams {
    return new URLSearchParams(this.query);
  }

  get(name: string): unknown {
    return this.body[name] ?? this.query?.get(name) ?? undefined;
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    if (typeof value === 'string') return value;
    return typeof value === 'number' ? String(value) : undefined;
  }

  /** @throws GraphError 100 when the value is no whole number */
  integer(name: string): number | undefined {
    const value = this.get(name);
    if (value === undefined || value === null || value === '') return undefined;
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw badParameter(`Param ${name} must be an integer.`);
    return number;
  }

  /** An object or list, given as such or as JSON text; undefined when absent. */
  json(name: string): unknown {
    const value = this.get(name);
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(SINGLE_QUOTED.test(value) ? value.replaceAll("'", '"') : value) as unknown;
    } catch {
      throw badParameter(`Param ${name} must be a JSON value.`);
    }
  }

  /** An object with members, given as such or as JSON text. */
  object(name: string): Values | undefined {
    const value = this.json(name);
    return isObject(value) ? value : undefined;
  }
}

export function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
