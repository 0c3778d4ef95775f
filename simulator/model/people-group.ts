import type { Behaviour, SubscriptionSource } from './person';

/**
 * People who were created together and differ only by their number. The journal holds the group; a person gets a row of
 * their own there once something happened to them, so a million people cost one line.
 */
export interface PeopleGroup {
  readonly id: string;
  readonly pageId: string;
  /** Number of the first person; the others follow without a gap. */
  readonly first: number;
  readonly count: number;
  readonly createdMs: number;
  readonly source?: SubscriptionSource;
  readonly audienceId?: string;
  readonly region?: string;
  readonly timeZone?: string;
  readonly email?: string;
  readonly phone?: string;
  /** The moment each of them wrote to the Page, if they did. */
  readonly wroteMs?: number;
  readonly behaviour?: Behaviour;
}
