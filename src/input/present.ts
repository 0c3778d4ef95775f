import { check } from './check';
import { isRecord } from './content';

/** A nested object that must be there; what is in it is checked by its own class. */
export function IsPresent(): PropertyDecorator {
  return check('isPresent', (value) => (isRecord(value) ? null : 'must be an object'));
}
