import type { Json, JsonObject } from './json';
import { isObject } from './json';

/** Values of one person for the variables of a content. */
export type Variables = Readonly<Record<string, string | number>>;

/** A content with its variables filled in. */
export interface RenderedContent {
  readonly message: JsonObject;
  /** Variables that have neither a value nor a fallback; never their values. */
  readonly missing: readonly string[];
}

/** `{{name}}` or `{{name|fallback}}`; an empty fallback is one. */
const VARIABLE = /\{\{\s*([A-Za-z_][\w.-]*)\s*(?:\|([^{}]*))?\}\}/g;
const FILLED_BY_META = ['first_name', 'last_name', 'full_name'];

/**
 * Fills the variables of a content. Values are put into texts only, so nothing in them can change the shape of the
 * message, and what looks like a variable inside a value stays as it is.
 *
 * @param message - Meta's message object with `{{variables|fallback}}`
 * @param variables - this person's values
 * @param lane - in `paid` Meta itself fills `{{first_name}}`, `{{last_name}}` and `{{full_name}}`
 */
export function renderContent(message: JsonObject, variables: Variables, lane: 'paid' | 'window'): RenderedContent {
  const missing = new Set<string>();
  const fill = (text: string): string =>
    text.replaceAll(VARIABLE, (written: string, name: string, fallback: string | undefined) => {
      if (isFilledByMeta(name, fallback, lane)) return `{{${name}}}`;
      if (Object.hasOwn(variables, name)) return String(variables[name]);
      if (fallback === undefined) missing.add(name);
      return fallback?.trim() ?? written;
    });
  return { message: mapObject(message, fill), missing: [...missing] };
}

/**
 * The variables that a content asks for, in the order of their first use.
 *
 * @param message - Meta's message object
 * @param lane - the lane that carries it
 */
export function variablesOf(message: JsonObject, lane: 'paid' | 'window'): string[] {
  const names = new Set<string>();
  mapObject(message, (text) => {
    for (const [, name = '', fallback] of text.matchAll(VARIABLE)) {
      if (!isFilledByMeta(name, fallback, lane)) names.add(name);
    }
    return text;
  });
  return [...names];
}

/**
 * What is wrong with a content for a person, as a decision's fact.
 *
 * @param rendered - the content with this person's values
 * @returns a sentence without any value, or null
 */
export function contentProblem({ missing }: RenderedContent): string | null {
  if (missing.length === 0) return null;
  return `no value and no fallback for ${missing.map((name) => `"${name}"`).join(', ')}`;
}

/** Meta knows no fallback: with one, the variable is ours. */
function isFilledByMeta(name: string, fallback: string | undefined, lane: 'paid' | 'window'): boolean {
  return lane === 'paid' && fallback === undefined && FILLED_BY_META.includes(name);
}

function mapObject(object: JsonObject, fill: (text: string) => string): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, mapTexts(value, fill)]));
}

function mapTexts(value: Json, fill: (text: string) => string): Json {
  if (typeof value === 'string') return fill(value);
  if (isObject(value)) return mapObject(value, fill);
  return Array.isArray(value) ? (value as readonly Json[]).map((item) => mapTexts(item, fill)) : value;
}
