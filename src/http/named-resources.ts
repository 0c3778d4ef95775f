import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';

/** What a path may name, by the segment before the id: the rows that exist for a caller. */
const RESOURCES: Readonly<Record<string, string>> = {
  'api-keys': 'SELECT 1 FROM api_keys WHERE id = $1 AND revoked_at IS NULL',
  automations: 'SELECT 1 FROM automations WHERE id = $1 AND deleted_at IS NULL',
  campaigns: 'SELECT 1 FROM campaigns WHERE id = $1 AND NOT hidden',
  pages: 'SELECT 1 FROM pages WHERE id = $1 AND disconnected_at IS NULL',
  subscribers: 'SELECT 1 FROM subscribers WHERE id = $1',
  topics: 'SELECT 1 FROM topics WHERE id = $1 AND deleted_at IS NULL',
};

/** The resource a path names first. */
export interface NamedResource {
  readonly segment: string;
  /** Name of the path's parameter. */
  readonly parameter: string;
}

/** @param route - the route's pattern, such as `/v1/campaigns/:id/start` */
export function namedResource(route: string): NamedResource | undefined {
  const [, segment, parameter] = /^\/v1\/([a-z-]+)\/:([A-Za-z]+)/.exec(route) ?? [];
  return segment !== undefined && parameter !== undefined && segment in RESOURCES ? { segment, parameter } : undefined;
}

/** Whether the workspace of the transaction has it. */
export async function isThere(manager: EntityManager, { segment }: NamedResource, id: string): Promise<boolean> {
  const found = await rows(manager, RESOURCES[segment] ?? '', [id]);
  return found.length > 0;
}
