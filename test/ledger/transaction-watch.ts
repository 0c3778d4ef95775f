import { jest } from '@jest/globals';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { GIVE_COUNTS, xactCommits } from '../support/xact-commits';

const BEGINS = /^(START TRANSACTION|BEGIN)\b/i;
const COMMITS = /^COMMIT\b/i;
const ROLLS_BACK = /^ROLLBACK$/i;
/** Design §11 counts neither these nor what begins and ends a transaction. */
const IS_NO_STATEMENT = /^(SET|SAVEPOINT|RELEASE|ROLLBACK TO)\b/i;
/** What was committed by one connection: the statements of a transaction, or one statement by itself. */
export interface Committed {
  readonly isHeralds: boolean;
  readonly statements: readonly string[];
}

/** A stretch of time, as Postgres and as the programs saw it; what a connection says of itself is seen by Postgres only. */
export interface Period {
  /** `pg_stat_database.xact_commit`: all that anybody committed in the database. */
  readonly xactCommits: number;
  readonly committed: readonly Committed[];
  /** The most rows that came back to Herald at one time. */
  readonly mostRows: number;
}

/** Sees every statement that the connections of this process ask, the test's own as well, until mocks are restored. */
export class TransactionWatch {
  /** Queries under way, by connection. */
  private readonly running = new Map<Client, number>();
  private readonly open = new Map<Client, string[]>();
  private readonly committed: Committed[] = [];
  private xactCommits = 0;
  private mostRows = 0;

  constructor() {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the client that the spy was called on
    const query = Client.prototype.query as (this: Client, ...given: unknown[]) => Promise<{ rows?: unknown[] }>;
    const see = (client: Client, sql: string): void => {
      this.see(client, sql);
    };
    const seeEnd = (client: Client, rows = 0): void => {
      this.seeEnd(client, rows);
    };
    jest.spyOn(Client.prototype, 'query').mockImplementation(function (this: Client, ...given: unknown[]) {
      see(this, (typeof given[0] === 'string' ? given[0] : (given[0] as { text: string }).text).trim());
      const answer = query.apply(this, given);
      answer.then(
        ({ rows }) => {
          seeEnd(this, rows?.length);
        },
        () => {
          seeEnd(this);
        },
      );
      return answer as never;
    });
  }

  /** Ends a period in the database that is watched, and begins the next; a connection at work gives its counts by itself. */
  async period(owner: DataSource): Promise<Period> {
    const { database } = owner.driver;
    const isAtRest = (client: Client): boolean => client.database === database && this.running.get(client) === 0;
    const atRest = [...this.running.keys()].filter(isAtRest);
    await Promise.all(atRest.map((client) => client.query(GIVE_COUNTS).catch(() => this.running.delete(client))));
    const before = this.xactCommits;
    this.xactCommits = await xactCommits(owner);
    const mostRows = this.mostRows;
    this.mostRows = 0;
    return { xactCommits: this.xactCommits - before, committed: this.committed.splice(0), mostRows };
  }

  private seeEnd(client: Client, rows: number): void {
    this.running.set(client, (this.running.get(client) ?? 1) - 1);
    if (isHeraldsOwn(client)) this.mostRows = Math.max(this.mostRows, rows);
  }

  private see(client: Client, sql: string): void {
    this.running.set(client, (this.running.get(client) ?? 0) + 1);
    const statements = this.open.get(client);
    const isHeralds = isHeraldsOwn(client);
    if (BEGINS.test(sql)) this.open.set(client, []);
    else if (COMMITS.test(sql) || ROLLS_BACK.test(sql)) {
      this.open.delete(client);
      if (statements !== undefined && COMMITS.test(sql)) this.committed.push({ isHeralds, statements });
    } else if (IS_NO_STATEMENT.test(sql)) return;
    else if (statements === undefined) this.committed.push({ isHeralds, statements: [sql] });
    else statements.push(sql);
  }
}

/** A role of Herald's; the test asks as the owner. */
const isHeraldsOwn = ({ user }: Client): boolean => user?.startsWith('herald_') === true;
