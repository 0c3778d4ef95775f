import { ValidateIf } from 'class-validator';

/** The field may be left out; null is a value and as wrong as any other (`IsOptional` takes null for absent). */
export const Omittable = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);
