import type { EntityManager } from 'typeorm';
import { lockPeople } from '../ledger/people';
import { rows } from '../persistence/database';
import { keyIs } from '../persistence/key-is';
import type { LookupHash } from '../security/lookup-hash';
import type { IdentityKind } from '../subscribers/identity-hash';
import { identityHash } from '../subscribers/identity-hash';
import type { OrderEventReport } from './order-event';

/** By what a shop may name a person, besides our own id; the first that is given counts. */
const NAMES = ['psid', 'email', 'phone'] as const satisfies readonly (IdentityKind & keyof OrderEventReport)[];

/**
 * Finds and locks the people of order events, each at the Page of the event.
 *
 * @returns by the place of the event in the list, the person's id; null where nobody is known
 */
export async function findPeople(
  manager: EntityManager,
  lookup: LookupHash,
  workspaceId: string,
  reports: readonly OrderEventReport[],
): Promise<readonly (string | null)[]> {
  const questions = reports.map((report, place) => questionOf(lookup, report, place));
  const found = await rows<{ place: number; id: string }>(
    manager,
    `WITH wanted AS MATERIALIZED (
       SELECT q.place, q.page_id, coalesce(q.id, i.subscriber_id) AS person_id
         FROM unnest($2::int[], $3::uuid[], $4::uuid[], $5::text[], $6::bytea[]) AS q (place, page_id, id, kind, hash)
         LEFT JOIN subscriber_identities i
           ON q.id IS NULL AND i.workspace_id = $1 AND i.page_id = q.page_id AND i.kind = q.kind AND i.hash = q.hash
     )
     SELECT place, s.id FROM wanted
       JOIN subscribers s ON ${keyIs('s.id', 'person_id')} AND s.workspace_id = $1 AND s.page_id = wanted.page_id`,
    [
      workspaceId,
      questions.map(({ place }) => place),
      questions.map(({ pageId }) => pageId),
      questions.map(({ id }) => id),
      questions.map(({ kind }) => kind),
      questions.map(({ hash }) => hash),
    ],
  );
  const people = new Map(found.map(({ place, id }) => [place, id]));
  await lockPeople(manager, workspaceId, [...new Set(people.values())]);
  return reports.map((_report, place) => people.get(place) ?? null);
}

interface Question {
  readonly place: number;
  readonly pageId: string;
  readonly id: string | null;
  readonly kind: IdentityKind | null;
  readonly hash: Buffer | null;
}

function questionOf(lookup: LookupHash, report: OrderEventReport, place: number): Question {
  const { pageId, subscriberId: id = null } = report;
  const kind = id === null ? NAMES.find((name) => report[name] !== undefined) : undefined;
  const value = kind === undefined ? undefined : report[kind];
  if (kind === undefined || value === undefined) return { place, pageId, id, kind: null, hash: null };
  return { place, pageId, id, kind, hash: identityHash(lookup, kind, value, pageId) };
}
