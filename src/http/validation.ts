import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { Param } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import type { ValidationError } from 'class-validator';
import { validateSync } from 'class-validator';
import type { FieldError } from '../errors/problem';
import { Problem } from '../errors/problem';

type DtoClass<T> = new () => T;

const STRICT = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: false,
  stopAtFirstError: true,
} as const;

const NO_DTO: readonly unknown[] = [Object, Array, String, Number, Boolean, Buffer];

/** An id of ours in the path; one that is no UUID, or not the caller's, is 404 before the body is looked at. */
export const UuidParam = (name: string): ParameterDecorator => Param(name);

/** Reads bodies (wrong: 422) and queries (wrong: 400) into their DTO; fields that the DTO lacks are wrong. */
export class DtoPipe implements PipeTransform {
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    if (metatype === undefined || NO_DTO.includes(metatype)) return value;
    if (type === 'body') return readDto(metatype as DtoClass<object>, value);
    if (type === 'query') return readQuery(metatype as DtoClass<object>, value);
    return value;
  }
}

/**
 * Reads one body, or a part of it that the pipe does not see: a row of NDJSON, an entry of an array.
 *
 * @param path - where the value stands in the body, `[3]` for instance; empty for the body itself
 * @throws Problem 422 naming every wrong field
 */
function readDto<T extends object>(dto: DtoClass<T>, value: unknown, path = ''): T {
  const { instance, errors } = checkDto(dto, value, path);
  if (errors.length > 0) throw Problem.fields(...errors);
  return instance;
}

/** As `readDto`, leaving it to the caller what to do with wrong fields. */
export function checkDto<T extends object>(
  dto: DtoClass<T>,
  value: unknown,
  path = '',
): { readonly instance: T; readonly errors: readonly FieldError[] } {
  const plain = value ?? {};
  if (typeof plain !== 'object' || Array.isArray(plain)) {
    return { instance: new dto(), errors: [{ field: path || 'body', reason: 'must be a JSON object' }] };
  }
  const instance = plainToInstance(dto, plain, { exposeUnsetFields: false });
  const errors = validateSync(instance, STRICT);
  return { instance, errors: errors.flatMap((error) => fieldErrors(error, path)) };
}

function readQuery<T extends object>(dto: DtoClass<T>, value: unknown): T {
  const { instance, errors } = checkDto(dto, { ...(value as object) });
  if (errors.length > 0) throw new Problem('QUERY.UNREADABLE', { errors });
  return instance;
}

function fieldErrors({ property, constraints, children }: ValidationError, parent: string): FieldError[] {
  const field = placeOf(property, parent);
  const own = Object.entries(constraints ?? {}).map(([rule, reason]) => ({
    field,
    reason: reasonOf(rule, reason, property),
  }));
  return [...own, ...(children ?? []).flatMap((child) => fieldErrors(child, field))];
}

/** A field may also be named by the empty text. */
function placeOf(property: string, parent: string): string {
  if (/^\d+$/.test(property)) return `${parent}[${property}]`;
  return [parent, property || '""'].filter(Boolean).join('.');
}

/** The field stands beside the reason already. */
function reasonOf(rule: string, reason: string, property: string): string {
  if (rule === 'whitelistValidation') return 'is not a field here';
  return reason.startsWith(`${property} `) ? reason.slice(property.length + 1) : reason;
}
