import type { DataSource } from 'typeorm';
import type { SubscriberIds } from '../../activities/subscriber.ports';
import { titleKey } from '../../domain/subscriber/title-key';
import { createDataSource } from '../../src/persistence/data-source';
import { roleUrl } from '../../src/persistence/role-urls';
import { Envelope } from '../../src/security/envelope';
import { LookupHash } from '../../src/security/lookup-hash';
import { uuidV7 } from '../../src/security/uuid-v7';
import { createTestDatabase } from '../support/database';

/** Sunday, 22 Nov 2026, 09:00 UTC. */
export const START_MS = Date.UTC(2026, 10, 22, 9);
export const HOUR_MS = 60 * 60 * 1_000;
export const DAY_MS = 24 * HOUR_MS;

/** Connections to a database of the test's own. */
export interface Connections {
  /** Under the worker's role. */
  readonly worker: DataSource;
  /** Under the API's role. */
  readonly api: DataSource;
  readonly owner: DataSource;
}

export async function connectToTestDatabase(): Promise<Connections> {
  const url = await createTestDatabase();
  const connect = (address: string) => createDataSource(address, { applicationName: 'test', size: 5 }).initialize();
  return {
    worker: await connect(roleUrl(url, 'herald_worker')),
    api: await connect(roleUrl(url, 'herald_api')),
    owner: await connect(url),
  };
}

/** One Page with its own workspace in a database of its own, and the clock in the test's hand. */
export class PageUnderTest {
  readonly workspaceId = uuidV7();
  readonly pageId = uuidV7();
  readonly hiddenCampaignId = uuidV7();
  readonly keys = {
    envelope: new Envelope([{ id: 'test', key: Buffer.alloc(32, 1) }]),
    lookupHash: new LookupHash(Buffer.alloc(32, 2)),
  };
  readonly dataSource: DataSource;
  readonly api: DataSource;
  private readonly owner: DataSource;

  protected constructor({ worker, api, owner }: Connections) {
    this.dataSource = worker;
    this.api = api;
    this.owner = owner;
  }

  async end(): Promise<void> {
    await Promise.all([this.dataSource, this.api, this.owner].map((dataSource) => dataSource.destroy()));
  }

  /** The ids of a person. */
  idsOf(subscriberId: string): SubscriberIds {
    return { workspaceId: this.workspaceId, pageId: this.pageId, subscriberId };
  }

  /** Stops the clock at a moment. */
  async setClock(nowMs: number): Promise<void> {
    await this.sql('UPDATE clock SET base_business_at = $1, base_wall_at = now(), running = false', [new Date(nowMs)]);
  }

  async addTopic(title: string, kinds: readonly string[] = []): Promise<string> {
    const id = uuidV7();
    await this.sql(
      `INSERT INTO topics (id, workspace_id, page_id, title, title_key, expectation, kinds)
       VALUES ($1, $2, $3, $4, $5, 'About once a week', $6)`,
      [id, this.workspaceId, this.pageId, title, titleKey(title), kinds],
    );
    return id;
  }

  /** An active paid campaign with a budget. */
  async addCampaign(state = 'active'): Promise<string> {
    const id = uuidV7();
    await this.sql(
      `INSERT INTO campaigns (id, workspace_id, page_id, name, kind, state, start_at, when_slot_taken,
         when_budget_used_up, unit_cost_minor, meta_campaign_id)
       VALUES ($1, $2, $3, 'c', 'direct', $4, $5, 'hold', 'refuse', 100, 'meta-1')`,
      [id, this.workspaceId, this.pageId, state, new Date(START_MS - DAY_MS)],
    );
    await this.sql(
      `INSERT INTO message_sets (id, workspace_id, campaign_id, budget_type, budget_minor, currency)
       VALUES ($1, $2, $3, 'lifetime', 10000, 'USD')`,
      [uuidV7(), this.workspaceId, id],
    );
    await this.sql(
      `INSERT INTO campaign_budgets (campaign_id, budget_day, workspace_id, budget_minor) VALUES ($1, 'lifetime', $2, 10000)`,
      [id, this.workspaceId],
    );
    return id;
  }

  /** One row of a table, as it stands. */
  async row(table: string, id: string): Promise<Record<string, unknown>> {
    const [found] = await this.sql<Record<string, unknown>>(`SELECT * FROM ${table} WHERE id = $1`, [id]);
    if (found === undefined) throw new Error(`${table} has no row ${id}.`);
    return found;
  }

  /** What a person's workflow owes. */
  async waitOf(
    subscriberId: string,
  ): Promise<{ wake_seq: number; acted_seq: number; next_due_at: Date | null } | null> {
    const [found] = await this.sql<{ wake_seq: number; acted_seq: number; next_due_at: Date | null }>(
      'SELECT wake_seq, acted_seq, next_due_at FROM waits WHERE owner_id = $1',
      [subscriberId],
    );
    return found ?? null;
  }

  /** As the owner: row-level security does not stand in the way of looking. */
  async sql<T>(statement: string, parameters: readonly unknown[] = []): Promise<T[]> {
    const result: unknown = await this.owner.query(statement, [...parameters]);
    return result as T[];
  }

  protected async makePage(): Promise<void> {
    await this.sql(`INSERT INTO workspaces (id, name) VALUES ($1, 'w')`, [this.workspaceId]);
    await this.sql(
      `INSERT INTO pages (id, workspace_id, meta_page_id, platform, name, token_sealed, ad_account_id, time_zone,
         currency, country, hidden_campaign_id)
       VALUES ($1, $2, 'meta-page', 'messenger', 'p', $3, 'act_1', 'UTC', 'USD', 'US', $4)`,
      [
        this.pageId,
        this.workspaceId,
        this.keys.envelope.seal('page-token', `pages.token:${this.pageId}`),
        this.hiddenCampaignId,
      ],
    );
    await this.sql(
      `INSERT INTO campaigns (id, workspace_id, page_id, name, kind, hidden, state, start_at, when_slot_taken,
         when_budget_used_up)
       VALUES ($1, $2, $3, 'single', 'direct', true, 'active', $4, 'hold', 'refuse')`,
      [this.hiddenCampaignId, this.workspaceId, this.pageId, new Date(0)],
    );
  }
}
