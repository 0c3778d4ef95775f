import { ValidateBy, type ValidationArguments } from 'class-validator';

/** Why a value is wrong, in words that go on after the field's name: "must be …"; null when it is right. */
export type Objection = string | null;

/**
 * A property decorator that validates by one function.
 *
 * @param name - stable name of the constraint
 * @param objection - what is wrong with the value
 */
export function check(name: string, objection: (value: unknown) => Objection): PropertyDecorator {
  return ValidateBy({
    name,
    validator: {
      validate: (value: unknown) => objection(value) === null,
      defaultMessage: (seen?: ValidationArguments) => objection(seen?.value) ?? 'is wrong',
    },
  });
}
