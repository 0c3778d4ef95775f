import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';
import { uuidV7 } from '../security/uuid-v7';
import type { HashRow, MetaName } from './known-people';
import { bySubscriber, findByPsid, findByToken, psidKey, tokenKey } from './known-people';

/** Somebody whom an event or a list names. */
export interface NamedPerson extends MetaName {
  /** How they came, where their row is new. */
  readonly source: string;
  /** Seals the PSID; called only where it is not stored yet. */
  readonly sealPsid: () => Buffer | undefined;
}

/** Whose row it is, and whether it was made just now. */
export interface FoundPerson {
  readonly subscriberId: string;
  readonly isNew: boolean;
  /** Somebody else with whom the token stands so far; locked too. */
  readonly holderId: string | undefined;
}

/**
 * Finds people by PSID, else by token, and makes the rows of those nobody knew. A person known by token only gets the
 * PSID that came with it. Identities are inserted in one order everywhere and before any person is locked, so that no
 * two transactions wait for each other; at the end everybody found is locked, in the order of their ids.
 *
 * @returns in the order of `people`
 */
export async function findOrCreatePeople(
  manager: EntityManager,
  people: readonly NamedPerson[],
): Promise<readonly FoundPerson[]> {
  if (people.length === 0) return [];
  const byToken = await findByToken(manager, people);
  const byPsid = await findByPsid(manager, people);
  const claims = await claimPsids(manager, unclaimed(people, byPsid, byToken));
  const created = new Map<string, NamedPerson>();
  const createdByToken = new Map<string, string>();
  const found = people.map((person): FoundPerson => {
    const claim = claims.get(psidKey(person));
    const known = byPsid.get(psidKey(person)) ?? claim?.subscriberId ?? byToken.get(tokenKey(person));
    const subscriberId = known ?? createdByToken.get(tokenKey(person)) ?? uuidV7();
    const isNew = known === undefined || claim?.isNew === true;
    if (known === undefined) createdByToken.set(tokenKey(person), subscriberId);
    if (isNew && !created.has(subscriberId)) created.set(subscriberId, person);
    const holder = byToken.get(tokenKey(person));
    return { subscriberId, isNew, holderId: holder === subscriberId ? undefined : holder };
  });
  await insertPeople(manager, created);
  await lockPeople(manager, people, found);
  await writePsids(
    manager,
    [...claims.values()].filter(({ isNew, isOurs }) => isOurs && !isNew),
  );
  return found;
}

/** A PSID that no row carried, and the row that gets it. */
interface PsidClaim {
  readonly person: NamedPerson;
  readonly subscriberId: string;
  /** Whether that row is to be made. */
  readonly isNew: boolean;
  /** False where somebody else wrote the PSID first. */
  readonly isOurs: boolean;
}

/** Each unknown PSID once: it goes to the holder of the token that came with it, else to a new row. */
function unclaimed(
  people: readonly NamedPerson[],
  byPsid: ReadonlyMap<string, string>,
  byToken: ReadonlyMap<string, string>,
): PsidClaim[] {
  const claims = new Map<string, PsidClaim>();
  for (const person of people) {
    const key = psidKey(person);
    if (person.psidHash === undefined || byPsid.has(key)) continue;
    const holder = byToken.get(tokenKey(person));
    const before = claims.get(key);
    if (before === undefined || (before.isNew && holder !== undefined)) {
      claims.set(key, { person, subscriberId: holder ?? uuidV7(), isNew: holder === undefined, isOurs: true });
    }
  }
  return [...claims.values()];
}

async function claimPsids(manager: EntityManager, wanted: readonly PsidClaim[]): Promise<Map<string, PsidClaim>> {
  if (wanted.length === 0) return new Map();
  const inserted = await rows<HashRow>(
    manager,
    `INSERT INTO subscriber_identities (page_id, kind, hash, workspace_id, subscriber_id)
     SELECT page_id, 'psid', decode(hash, 'hex'), workspace_id, subscriber_id
       FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[]) AS t (page_id, hash, workspace_id, subscriber_id)
      ORDER BY page_id, hash
     ON CONFLICT DO NOTHING RETURNING page_id, hash, subscriber_id`,
    [
      wanted.map(({ person }) => person.pageId),
      wanted.map(({ person }) => person.psidHash),
      wanted.map(({ person }) => person.workspaceId),
      wanted.map(({ subscriberId }) => subscriberId),
    ],
  );
  const ours = bySubscriber(inserted);
  const lost = wanted.filter(({ person }) => !ours.has(psidKey(person)));
  const theirs = await findByPsid(
    manager,
    lost.map(({ person }) => person),
  );
  return new Map(
    wanted.map((claim) => {
      const subscriberId = theirs.get(psidKey(claim.person));
      const settled = subscriberId === undefined ? claim : { ...claim, subscriberId, isNew: false, isOurs: false };
      return [psidKey(claim.person), settled];
    }),
  );
}

async function insertPeople(manager: EntityManager, created: ReadonlyMap<string, NamedPerson>): Promise<void> {
  if (created.size === 0) return;
  const people = [...created].sort(([a], [b]) => (a < b ? -1 : 1));
  await rows(
    manager,
    `INSERT INTO subscribers (id, workspace_id, page_id, psid_sealed, source)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bytea[], $5::text[])`,
    [
      people.map(([id]) => id),
      people.map(([, person]) => person.workspaceId),
      people.map(([, person]) => person.pageId),
      people.map(([, person]) => person.sealPsid() ?? null),
      people.map(([, person]) => person.source),
    ],
  );
}

/** Lock first, load after (protocol §1.2). */
async function lockPeople(
  manager: EntityManager,
  people: readonly NamedPerson[],
  found: readonly FoundPerson[],
): Promise<void> {
  await rows(
    manager,
    'SELECT id FROM subscribers WHERE workspace_id = ANY($1) AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE',
    [
      [...new Set(people.map((one) => one.workspaceId))],
      [...new Set(found.flatMap(({ subscriberId, holderId }) => [subscriberId, holderId ?? subscriberId]))],
    ],
  );
}

/** The PSIDs of people who were known by token only. */
async function writePsids(manager: EntityManager, claims: readonly PsidClaim[]): Promise<void> {
  if (claims.length === 0) return;
  await rows(
    manager,
    `UPDATE subscribers s SET psid_sealed = n.psid_sealed
       FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS n (id, workspace_id, psid_sealed)
      WHERE s.id = n.id AND s.workspace_id = n.workspace_id AND s.psid_sealed IS NULL`,
    [
      claims.map(({ subscriberId }) => subscriberId),
      claims.map(({ person }) => person.workspaceId),
      claims.map(({ person }) => person.sealPsid() ?? null),
    ],
  );
}
