import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/persistence/data-source';
import { CampaignEntity, PageEntity } from '../../src/persistence/entities';
import type { DatabaseRole } from '../../src/persistence/role-urls';
import { roleUrl } from '../../src/persistence/role-urls';
import { Envelope } from '../../src/security/envelope';
import { LookupHash } from '../../src/security/lookup-hash';
import { uuidV7 } from '../../src/security/uuid-v7';
import { createWorkspace } from '../../src/workspaces/workspace-admin';
import { createTestDatabase } from '../support/database';

/** A connected Page. */
export interface TestPage {
  readonly id: string;
  readonly workspaceId: string;
  readonly metaPageId: string;
}

/** A database of its own under each of the roles, with one workspace and one Page. */
export class TablesUnderTest {
  readonly envelope = new Envelope([{ id: 'test', key: randomBytes(32) }]);
  readonly lookup = new LookupHash(randomBytes(32));

  private constructor(
    readonly url: string,
    /** Sees everything. */
    readonly owner: DataSource,
    readonly ingest: DataSource,
    readonly worker: DataSource,
    readonly api: DataSource,
  ) {}

  /** @param workerConnections - the worker's pool */
  static async open(workerConnections = 4): Promise<TablesUnderTest> {
    const url = await createTestDatabase();
    const open = (role: DatabaseRole, size: number): Promise<DataSource> =>
      createDataSource(roleUrl(url, role), { applicationName: 'test', size }).initialize();
    const owner = await createDataSource(url, { applicationName: 'test', size: 4 }).initialize();
    return new TablesUnderTest(
      url,
      owner,
      await open('herald_ingest', 4),
      await open('herald_worker', workerConnections),
      await open('herald_api', 4),
    );
  }

  async close(): Promise<void> {
    for (const dataSource of [this.owner, this.ingest, this.worker, this.api]) await dataSource.destroy();
  }

  get workerUrl(): string {
    return roleUrl(this.url, 'herald_worker');
  }

  async addPage(page: Partial<PageEntity> = {}): Promise<TestPage> {
    const id = uuidV7();
    const workspaceId = page.workspaceId ?? (await createWorkspace(this.owner, 'Aurora')).id;
    const metaPageId = page.metaPageId ?? String(Math.floor(1e14 + Math.random() * 1e14));
    await this.owner.getRepository(PageEntity).insert({
      id,
      platform: 'messenger',
      name: 'Aurora Clothing',
      tokenSealed: this.envelope.seal('page-token', `pages.token:${id}`),
      timeZone: 'Europe/Rome',
      currency: 'EUR',
      country: 'IT',
      ...page,
      workspaceId,
      metaPageId,
    });
    return { id, workspaceId, metaPageId };
  }

  async addCampaign(page: TestPage, campaign: Partial<Pick<CampaignEntity, 'state' | 'hidden'>> = {}): Promise<string> {
    const id = uuidV7();
    await this.owner.getRepository(CampaignEntity).insert({
      id,
      workspaceId: page.workspaceId,
      pageId: page.id,
      name: 'Autumn',
      kind: 'direct',
      state: 'active',
      startAt: new Date(),
      whenSlotTaken: 'hold',
      whenBudgetUsedUp: 'refuse',
      ...campaign,
    });
    return id;
  }

  /** Rows as the owner sees them. */
  async rows<T = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    return this.owner.query(sql, parameters);
  }

  async row<T = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<T> {
    const [row] = await this.rows<T>(sql, parameters);
    if (row === undefined) throw new Error(`No row for ${sql}`);
    return row;
  }

  async count(sql: string, parameters: unknown[] = []): Promise<number> {
    const { count } = await this.row<{ count: number }>(`SELECT count(*) AS count FROM ${sql}`, parameters);
    return count;
  }
}

/** Loops log nothing under test. */
export const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Polls until `look` gives something. @throws Error after ten seconds */
export async function eventually<T>(look: () => Promise<T | undefined | false | null>): Promise<T> {
  const endMs = performance.now() + 25_000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false && seen !== null) return seen;
    if (performance.now() > endMs) throw new Error('It did not happen in time.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
