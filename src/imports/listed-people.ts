import type { EntityManager } from 'typeorm';
import type { Consent, ConsentRegister } from '../../domain/subscriber/consent';
import { applyConsent, NO_CONSENT } from '../../domain/subscriber/consent';
import type { NotificationToken } from '../graph-api/calls/notification-tokens';
import type { FoundPerson } from '../inbox/find-or-create-people';
import { findOrCreatePeople } from '../inbox/find-or-create-people';
import { rows } from '../persistence/database';
import type { ImportKeys, ImportRef } from './import-ref';

/**
 * What a row of the list means for its person. `grants`: they are opted in, newly. `stands`: they were already.
 * `stops`: they left. `nothing`: they have left by a word that Meta may not know, or said something newer since.
 */
export type Verdict = 'grants' | 'stands' | 'stops' | 'nothing';

/** A row of Meta's list with the person it belongs to. */
export interface Listed {
  readonly token: NotificationToken;
  readonly hash: Buffer;
  readonly person: FoundPerson;
  readonly verdict: Verdict;
  /** How the person came, where their row or token is new. */
  readonly source: string;
  /** Consent before and after. */
  readonly before: ConsentRegister;
  readonly after: ConsentRegister;
}

/** Finds, creates and locks the people of a page of the list, and judges each row by the register. */
export async function listedPeople(
  manager: EntityManager,
  { envelope, lookupHash }: ImportKeys,
  ref: ImportRef,
  tokens: readonly NotificationToken[],
  source: string | undefined,
): Promise<Listed[]> {
  const named = tokens.map(({ token, psid }) => ({
    workspaceId: ref.workspaceId,
    pageId: ref.pageId,
    hash: lookupHash.of('token', token, ref.pageId),
    psidHash: psid === undefined ? undefined : lookupHash.of('psid', psid, ref.pageId).toString('hex'),
    tokenHash: lookupHash.of('token', token, ref.pageId).toString('hex'),
    source: source ?? (psid === undefined ? 'contact_list' : 'opt_in'),
    sealPsid: () => (psid === undefined ? undefined : envelope.seal(psid, `subscribers.psid:${ref.pageId}`)),
  }));
  const found = await findOrCreatePeople(manager, named);
  const registers = await readRegisters(manager, ref, found);
  return tokens.flatMap((token, index) => {
    const [person, name] = [found[index], named[index]];
    if (person === undefined || name === undefined) return [];
    const before = registers.get(person.subscriberId) ?? NO_CONSENT;
    return [{ token, hash: name.hash, person, source: name.source, before, ...judge(token, before, ref) }];
  });
}

function judge(token: NotificationToken, before: ConsentRegister, ref: ImportRef): Pick<Listed, 'verdict' | 'after'> {
  if (token.active && before.consent === 'granted') return { verdict: 'stands', after: before };
  const kind = token.active ? 'opt_in' : 'opt_out';
  const atMs = token.active ? grantedAtMs(token, before, ref) : ref.requestedAtMs;
  const { register: after, applied } = applyConsent(before, { kind, atMs });
  if (!applied) return { verdict: 'nothing', after };
  return { verdict: token.active ? 'grants' : 'stops', after };
}

/**
 * Whoever left is taken back only by a subscription made after that: Meta may list them still, because it has not
 * heard of their word to us.
 */
const grantedAtMs = ({ createdAtMs }: NotificationToken, { consent }: ConsentRegister, ref: ImportRef): number =>
  consent === 'revoked' ? Math.min(createdAtMs ?? Number.NEGATIVE_INFINITY, ref.requestedAtMs) : ref.requestedAtMs;

async function readRegisters(
  manager: EntityManager,
  ref: ImportRef,
  people: readonly FoundPerson[],
): Promise<Map<string, ConsentRegister>> {
  const stored = await rows<{ id: string; consent: Consent; consent_at: Date | null }>(
    manager,
    'SELECT id, consent, consent_at FROM subscribers WHERE workspace_id = $1 AND id = ANY($2)',
    [ref.workspaceId, people.map(({ subscriberId }) => subscriberId)],
  );
  return new Map(stored.map(({ id, consent, consent_at: at }) => [id, { consent, atMs: at?.getTime() ?? null }]));
}
