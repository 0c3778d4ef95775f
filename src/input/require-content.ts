import { validateContent } from '../../domain/content/validate-content';
import type { FieldError } from '../errors/problem';
import { Problem } from '../errors/problem';

/** What is wrong with a content at a place of the body; empty when the lane takes it. */
export const contentErrors = (content: unknown, lane: 'paid' | 'window', place: string): FieldError[] =>
  validateContent(content, lane).map(({ field, reason }) => ({ field: fieldAt(place, field), reason }));

/** @throws Problem 422 naming every field that Meta would refuse */
export function requireContent(content: unknown, lane: 'paid' | 'window', place: string): void {
  const errors = contentErrors(content, lane, place);
  if (errors.length > 0) throw Problem.fields(...errors);
}

/** `content` and `elements.0.title` make `content.elements[0].title`. */
const fieldAt = (place: string, field: string): string =>
  field === '' ? place : `${place}.${field.replace(/\.(\d+)(?=\.|$)/g, '[$1]')}`;
