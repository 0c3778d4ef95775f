import type { EntityManager } from 'typeorm';
import { binaryArray } from '../persistence/binary-array';
import { preparedRows, rows } from '../persistence/database';
import { isoOrNull, msOrNull } from './moments';

/** Whom Meta has restricted, so that the Page sends nothing. */
export type RestrictedBy = 'page_blocked' | 'app_blocked' | 'account_blocked';

/** What the ledger knows of a person when it decides. */
export interface PersonRecord {
  readonly id: string;
  readonly consent: 'none' | 'asked' | 'granted' | 'revoked';
  readonly consentAtMs: number | null;
  readonly timeZone: string | null;
  /** `excluded` where Meta said so; null when unknown. */
  readonly region: string | null;
  readonly windowUntilMs: number | null;
  readonly paidSlotUntilMs: number | null;
  readonly paidSlotSend: string | null;
  readonly metaPaidUntilMs: number | null;
  readonly metaPaidRule: 'R-08' | 'R-20' | null;
  readonly workflowOpen: boolean;
  /** What Meta forbids their Page. */
  readonly pageRestriction: RestrictedBy | null;
  readonly token: {
    readonly id: string;
    readonly state: 'active' | 'ended';
    readonly lane: 'paid' | 'rn';
    readonly expiresAtMs: number | null;
  } | null;
  /** Where the person is reached, sealed: by lane the token's or the PSID's bytes. */
  readonly address: { readonly tokenSealed: Buffer | null; readonly psidSealed: Buffer | null };
}

/** Locks people in the order of their ids; their facts are loaded by a later statement (protocol §1.2). */
export async function lockPeople(manager: EntityManager, workspaceId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await rows(
    manager,
    'SELECT id FROM subscribers WHERE workspace_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE',
    [workspaceId, binaryArray('uuid', ids)],
  );
}

interface StoredPerson {
  id: string;
  consent: PersonRecord['consent'];
  consent_at: Date | null;
  time_zone: string | null;
  region: string | null;
  window_until: Date | null;
  paid_slot_until: Date | null;
  paid_slot_send: string | null;
  meta_paid_until: Date | null;
  meta_paid_rule: 'R-08' | 'R-20' | null;
  workflow_open: boolean;
  page_restriction: RestrictedBy | null;
  token_id: string | null;
  token_state: 'active' | 'ended' | null;
  token_lane: 'paid' | 'rn' | null;
  token_expires_at: Date | null;
  token_sealed: Buffer | null;
  psid_sealed: Buffer | null;
}

/**
 * Loads what decisions need, by person id; lock first. The Page's restriction comes with the person and not with the
 * campaign: a locking statement reads what it joins before it waits, for the lease or for the campaign (protocol §1.2).
 */
export async function loadPeople(
  manager: EntityManager,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, PersonRecord>> {
  if (ids.length === 0) return new Map();
  const stored = await preparedRows<StoredPerson>(
    manager,
    `SELECT s.id, s.consent, s.consent_at, s.time_zone, s.region, s.window_until, s.paid_slot_until, s.paid_slot_send,
            s.meta_paid_until, s.meta_paid_rule, s.workflow_open,
            t.id AS token_id, t.state AS token_state, t.lane AS token_lane, t.expires_at AS token_expires_at,
            t.sealed AS token_sealed, s.psid_sealed, p.restriction AS page_restriction
       FROM subscribers s JOIN pages p ON p.id = s.page_id AND p.workspace_id = $1
       LEFT JOIN subscriber_tokens t ON t.id = s.token_id AND t.workspace_id = $1
      WHERE s.workspace_id = $1 AND s.id = ANY($2)`,
    [workspaceId, binaryArray('uuid', ids)],
  );
  return new Map(stored.map((person) => [person.id, toPerson(person)]));
}

const toPerson = (stored: StoredPerson): PersonRecord => ({
  id: stored.id,
  consent: stored.consent,
  consentAtMs: msOrNull(stored.consent_at),
  timeZone: stored.time_zone,
  region: stored.region,
  windowUntilMs: msOrNull(stored.window_until),
  paidSlotUntilMs: msOrNull(stored.paid_slot_until),
  paidSlotSend: stored.paid_slot_send,
  metaPaidUntilMs: msOrNull(stored.meta_paid_until),
  metaPaidRule: stored.meta_paid_rule,
  workflowOpen: stored.workflow_open,
  pageRestriction: stored.page_restriction,
  address: { tokenSealed: stored.token_sealed, psidSealed: stored.psid_sealed },
  token:
    stored.token_id === null || stored.token_state === null || stored.token_lane === null
      ? null
      : {
          id: stored.token_id,
          state: stored.token_state,
          lane: stored.token_lane,
          expiresAtMs: msOrNull(stored.token_expires_at),
        },
});

/** What becomes of a person's slot: taken by a claim and a begin, kept longer, or given back (protocol §4). */
export interface SlotChange {
  readonly subscriberId: string;
  /** The send that takes or holds the slot. */
  readonly sendId: string;
  readonly untilMs: number | null;
  /** The holder afterwards: the send itself, or who held it before. */
  readonly holder: string | null;
  /**
   * `take`: from whoever held it. The others only where this send holds it: `set` as it is said, `extend` to the later
   * of what it is and what is said.
   */
  readonly mode: 'take' | 'set' | 'extend';
}

/** Meta's word on a person: the next paid moment and the rule behind it. */
export interface MetaWord {
  readonly subscriberId: string;
  readonly paidUntilMs: number;
  readonly ruleId: 'R-08' | 'R-20';
}

/** Stores Meta's next paid moment where it is later than the one known. */
export async function storeMetaWords(
  manager: EntityManager,
  workspaceId: string,
  words: readonly MetaWord[],
): Promise<void> {
  if (words.length === 0) return;
  await rows(
    manager,
    `UPDATE subscribers s SET meta_paid_until = n.until, meta_paid_rule = n.rule_id, updated_at = now()
       FROM jsonb_to_recordset($2::jsonb) AS n (subscriber_id uuid, until timestamptz, rule_id text)
      WHERE s.workspace_id = $1 AND s.id = n.subscriber_id
        AND (s.meta_paid_until IS NULL OR s.meta_paid_until < n.until)`,
    [
      workspaceId,
      JSON.stringify(
        words.map((word) => ({
          subscriber_id: word.subscriberId,
          until: isoOrNull(word.paidUntilMs),
          rule_id: word.ruleId,
        })),
      ),
    ],
  );
}

/** Meta does not take paid messages for the region of these people, and will not for the next one. */
export async function excludeRegions(
  manager: EntityManager,
  workspaceId: string,
  subscriberIds: readonly string[],
): Promise<void> {
  if (subscriberIds.length === 0) return;
  await rows(
    manager,
    `UPDATE subscribers SET region = 'excluded', updated_at = now()
      WHERE workspace_id = $1 AND id = ANY($2) AND region IS DISTINCT FROM 'excluded'`,
    [workspaceId, subscriberIds],
  );
}
