import type { EntityManager } from 'typeorm';
import type { Wake } from '../../outbox/wake';
import type { Envelope } from '../../security/envelope';
import type { InboxRow } from '../inbox-row';
import type { Settlement } from '../settlement';

/** What the appliers of one group share: one transaction, and what they leave behind in it. */
export interface GroupContext {
  readonly manager: EntityManager;
  readonly envelope: Envelope;
  /** Business time, read once in the transaction. */
  readonly nowMs: number;
  /** Who did or said it, by inbox id; everybody in it is locked. */
  readonly people: ReadonlyMap<string, string>;
  /** Written at the end: `waits` come after people, sends and money in the order of locks. */
  readonly wakes: Wake[];
  readonly settlements: Settlement[];
}

/** Applies the rows of its kinds, in bulk: statements a group, not an event. */
export type Applier = (context: GroupContext, rows: readonly InboxRow[]) => Promise<void>;
