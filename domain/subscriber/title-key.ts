import { DEFAULT_TITLE } from '../rules/opt-in-rules';

/**
 * What two titles of opt-in requests are compared by: case and spaces do not make a new title. Source: R-03.
 *
 * @param title - as written; none or an empty one is Meta's default title
 */
export function titleKey(title: string | null): string {
  const written = normalised(title ?? '');
  return written === '' ? normalised(DEFAULT_TITLE) : written;
}

function normalised(title: string): string {
  return title.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase();
}
