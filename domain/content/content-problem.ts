import type { JsonObject } from './json';
import { isObject } from './json';

/** What is wrong with one field of a content. */
export interface ContentProblem {
  /** Path inside the message object, for example `attachment.payload.elements.0.title`. */
  readonly field: string;
  readonly reason: string;
}

/**
 * A path one step deeper.
 *
 * @param path - the path so far, empty at the root
 * @param key - a key or an index
 */
export function at(path: string, key: string | number): string {
  return path === '' ? String(key) : `${path}.${String(key)}`;
}

/**
 * One problem as a list.
 *
 * @param field - the path
 * @param reason - what is wrong with it
 */
export function problem(field: string, reason: string): ContentProblem[] {
  return [{ field, reason }];
}

/** What a text field must be. */
export interface TextRule {
  readonly max?: number;
  readonly isOptional?: boolean;
}

/**
 * Checks a text field.
 *
 * @param object - where it stands
 * @param key - its name
 * @param path - the path of `object`
 * @param rule - how long it may be, in characters, and whether it may be absent
 */
export function checkText(object: JsonObject, key: string, path: string, rule: TextRule = {}): ContentProblem[] {
  const value = object[key];
  const field = at(path, key);
  if (value === undefined) return rule.isOptional === true ? [] : problem(field, 'is missing');
  if (typeof value !== 'string' || value.trim() === '') return problem(field, 'must be a text that is not empty');
  const isTooLong = rule.max !== undefined && Array.from(value).length > rule.max;
  return isTooLong ? problem(field, `must have at most ${rule.max} characters`) : [];
}

/**
 * Checks an address field; one that holds a variable is checked when it is filled.
 *
 * @param object - where it stands
 * @param key - its name
 * @param path - the path of `object`
 * @param rule - whether it may be absent
 */
export function checkUrl(object: JsonObject, key: string, path: string, rule: TextRule = {}): ContentProblem[] {
  const problems = checkText(object, key, path, rule);
  const value = object[key];
  if (problems.length > 0 || typeof value !== 'string' || value.includes('{{')) return problems;
  return /^https?:\/\/\S+$/i.test(value) ? [] : problem(at(path, key), 'must be an http or https address');
}

/**
 * Checks a field that holds one of several words.
 *
 * @param object - where it stands
 * @param key - its name
 * @param path - the path of `object`
 * @param words - the words
 */
export function checkWord(object: JsonObject, key: string, path: string, words: readonly string[]): ContentProblem[] {
  return words.some((word) => word === object[key]) ? [] : problem(at(path, key), `must be one of ${words.join(', ')}`);
}

/** How many items a list has, and whether it may be absent. */
export interface ListRule {
  readonly min: number;
  readonly max: number;
  readonly isOptional?: boolean;
}

/**
 * Checks a list of objects, and each of them.
 *
 * @param object - where it stands
 * @param key - its name
 * @param path - the path of `object`
 * @param rule - how many items
 * @param check - checks one item
 */
export function checkList(
  object: JsonObject,
  key: string,
  path: string,
  rule: ListRule,
  check: (item: JsonObject, path: string) => ContentProblem[],
): ContentProblem[] {
  const list = object[key];
  const field = at(path, key);
  if (list === undefined && rule.isOptional === true) return [];
  if (!Array.isArray(list) || list.length < rule.min || list.length > rule.max) {
    return problem(field, `must be a list of ${rule.min} to ${rule.max}`);
  }
  return (list as readonly unknown[]).flatMap((item, index) =>
    isObject(item) ? check(item, at(field, index)) : problem(at(field, index), 'must be an object'),
  );
}
