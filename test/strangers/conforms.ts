import type { SchemaObject } from '@nestjs/swagger';
import { isUuid } from '../../src/security/uuid-v7';
import type { Schema } from './operations';
import { resolved } from './operations';

type Json = Record<string, unknown>;

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  uuid: isUuid,
  'date-time': (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text)),
};

/**
 * Where an answer is not as the document says: a field that is missing, not named there, or of another type, word or
 * form.
 *
 * @returns a sentence for each place; empty when it conforms
 */
export function faultsOf(value: unknown, schema: Schema, place = 'body'): string[] {
  const { allOf = [], oneOf = [], anyOf = [], ...own } = resolved(schema);
  const choices = [...oneOf, ...anyOf];
  if (choices.length > 0) return faultsOfChoice(value, choices, place);
  if (allOf.length > 0) return allOf.flatMap((part) => faultsOf(value, part, place));
  if (value === null && isNullable(own)) return [];
  if (own.enum !== undefined && !(own.enum as unknown[]).includes(value))
    return [`${place} is ${JSON.stringify(value)}, none of ${own.enum.join(', ')}`];
  return typesOf(own).some((type) => isOfType(value, type)) ? faultsInside(value, own, place) : [wrongType(own, place)];
}

/** It is enough that one of them fits; else the one that comes nearest is told. */
function faultsOfChoice(value: unknown, choices: readonly Schema[], place: string): string[] {
  const faults = choices.map((choice) => faultsOf(value, choice, place));
  return faults.reduce((least, those) => (those.length < least.length ? those : least));
}

function faultsInside(value: unknown, schema: SchemaObject, place: string): string[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? [] : value.flatMap((item, index) => faultsOf(item, items, `${place}[${index}]`));
  }
  if (typeof value === 'object' && value !== null) return faultsOfObject(value as Json, schema, place);
  const fits = typeof value !== 'string' || (FORMATS[schema.format ?? '']?.(value) ?? true);
  return fits ? [] : [`${place} is no ${schema.format ?? ''}`];
}

function faultsOfObject(value: Json, schema: SchemaObject, place: string): string[] {
  const { properties = {}, required = [], additionalProperties } = schema;
  const missing = required.filter((name) => !(name in value)).map((name) => `${place}.${name} is missing`);
  const others = Object.entries(value).flatMap(([name, child]) => {
    const its = properties[name] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    if (its !== undefined) return faultsOf(child, its, `${place}.${name}`);
    return additionalProperties === true ? [] : [`${place}.${name} is not documented`];
  });
  return [...missing, ...others];
}

const typesOf = ({ type }: SchemaObject): readonly string[] => (Array.isArray(type) ? type : [type ?? 'any']);

const isNullable = (schema: SchemaObject): boolean => typesOf(schema).includes('null');

const wrongType = (schema: SchemaObject, place: string): string => `${place} is no ${typesOf(schema).join(' or ')}`;

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}
