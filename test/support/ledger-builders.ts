import { randomBytes } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import type { JsonObject } from '../../domain/content/json';
import type { SendState } from '../../domain/delivery/send-transitions';
import { BatchRunner } from '../../src/ledger/batch-runner';
import type { BatchHandle } from '../../src/ledger/batches';
import type { BegunChange } from '../../src/ledger/begin';
import { storeContents } from '../../src/ledger/campaign-content';
import type { CampaignRef } from '../../src/ledger/campaign-record';
import type { ClaimOutcome } from '../../src/ledger/claim';
import { claimBatch, claimSingle } from '../../src/ledger/claim';
import { ContentStore } from '../../src/ledger/content-store';
import { LIFETIME } from '../../src/ledger/money';
import type { ChosenResult } from '../../src/ledger/queue-chosen';
import { queueChosen } from '../../src/ledger/queue-chosen';
import type { SendRow } from '../../src/ledger/send-row';
import type { SendOutcome, SettledSend } from '../../src/ledger/settle';
import type { Slice } from '../../src/ledger/settle-and-begin';
import { settleAndBegin } from '../../src/ledger/settle-and-begin';
import { createDataSource } from '../../src/persistence/data-source';
import { inTenantTransaction, inTransaction } from '../../src/persistence/database';
import {
  CampaignBudgetEntity,
  CampaignEntity,
  MessageSetEntity,
  PageEntity,
  PageRateEntity,
  SubscriberEntity,
} from '../../src/persistence/entities';
import type { DatabaseRole } from '../../src/persistence/role-urls';
import { roleUrl } from '../../src/persistence/role-urls';
import { Envelope } from '../../src/security/envelope';
import { LookupHash } from '../../src/security/lookup-hash';
import { uuidV7 } from '../../src/security/uuid-v7';
import { createWorkspace } from '../../src/workspaces/workspace-admin';
import { createTestDatabase } from './database';
import { brokenInvariants } from './ledger-invariants';
import { ScriptedMeta } from './scripted-meta';

/** Where the tests begin, business time: ten in the morning where the Page is. */
export const START_MS = Date.parse('2027-01-18T15:00:00Z');
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
const CONTENT: JsonObject = { text: 'New arrivals' };
export const ANYBODY = '00000000-0000-0000-0000-000000000000';

/** A campaign of a test, with where it stands. */
export interface TestCampaign extends CampaignRef {
  readonly metaCampaignId: string;
}

/** What a test says of a campaign; the rest is a campaign that sends. */
export interface CampaignWish {
  readonly budgetMinor?: number;
  readonly unitCostMinor?: number;
  readonly audience?: readonly string[];
  readonly content?: JsonObject;
  readonly row?: Partial<Omit<CampaignEntity, 'waitingFor'>>;
}

/** A row of the ledger as Postgres has it. */
export interface StoredSend {
  readonly id: string;
  readonly subscriber_id: string;
  readonly state: SendState;
  readonly batch_id: string | null;
  readonly claim_no: number;
  readonly tries: number;
  readonly reserved: boolean;
  readonly rule_id: string | null;
  readonly facts: Record<string, unknown> | null;
  readonly allowed_at: Date | null;
  readonly due_at: Date | null;
  readonly reason: string | null;
  readonly begun_at: Date | null;
  readonly begun_fence: number;
  readonly accepted_at: Date | null;
  readonly delivered_at: Date | null;
  readonly tracking_id: string | null;
  readonly variables_sealed: Buffer | null;
  readonly link_clicks: number;
}

/** A database with one Page, and the ledger over it under the roles that use it. */
export class LedgerUnderTest {
  readonly envelope = new Envelope([{ id: 'test', key: randomBytes(32) }]);
  readonly lookupKey = randomBytes(32);
  readonly lookupHash = new LookupHash(this.lookupKey);
  readonly keys = { envelope: this.envelope, lookupHash: this.lookupHash };
  readonly contents = new ContentStore(this.envelope);
  readonly meta = new ScriptedMeta();
  nowMs = START_MS;
  private metaIds = 1;

  private constructor(
    /** The owner's address. */
    readonly url: string,
    /** Sees everything. */
    readonly owner: DataSource,
    readonly worker: DataSource,
    readonly api: DataSource,
    readonly workspaceId: string,
  ) {}

  /** @param connections - the worker's pool */
  static async open(connections = 8): Promise<LedgerUnderTest> {
    const url = await createTestDatabase();
    const as = (role: DatabaseRole, size: number): Promise<DataSource> =>
      createDataSource(roleUrl(url, role), { applicationName: 'test', size }).initialize();
    const owner = await createDataSource(url, { applicationName: 'test', size: 3 }).initialize();
    const { id } = await createWorkspace(owner, 'Aurora');
    const ledger = new LedgerUnderTest(
      url,
      owner,
      await as('herald_worker', connections),
      await as('herald_api', 4),
      id,
    );
    await ledger.setNow(START_MS);
    return ledger;
  }

  async close(): Promise<void> {
    for (const dataSource of [this.owner, this.worker, this.api]) await dataSource.destroy();
  }

  /** A runner of its own process: it shares nothing with another but the database. */
  runner(sender: ScriptedMeta = this.meta, holdWorkflowMax = 1_000): BatchRunner {
    const contents = new ContentStore(this.envelope);
    return new BatchRunner({ dataSource: this.worker, sender, contents, holdWorkflowMax });
  }

  /** Business time stands still at this moment. */
  async setNow(ms: number): Promise<void> {
    this.nowMs = ms;
    await this.owner.query('UPDATE clock SET running = false, base_business_at = $1, base_wall_at = now()', [
      new Date(ms),
    ]);
  }

  advance(ms: number): Promise<void> {
    return this.setNow(this.nowMs + ms);
  }

  /** @returns our id */
  async addPage(page: Partial<PageEntity> = {}, ratePerSecond = 300): Promise<string> {
    const id = uuidV7();
    const hiddenCampaignId = uuidV7();
    await this.owner.getRepository(PageEntity).insert({
      id,
      workspaceId: this.workspaceId,
      metaPageId: this.metaId(),
      platform: 'messenger',
      name: 'Aurora Clothing',
      tokenSealed: this.envelope.seal('page-token', `pages.token:${id}`),
      systemUserTokenSealed: this.envelope.seal('system-token', `pages.system_user_token:${id}`),
      adAccountId: '204201000000001',
      timeZone: 'America/New_York',
      currency: 'USD',
      country: 'US',
      hiddenCampaignId,
      ...page,
    });
    await this.owner.getRepository(PageRateEntity).insert({ pageId: id, workspaceId: this.workspaceId, ratePerSecond });
    await this.addCampaignRow(id, hiddenCampaignId, { hidden: true, name: 'single messages' });
    return id;
  }

  /** A campaign that sends since yesterday, with a lifetime budget of 1,000 messages at 1.00. */
  async addCampaign(pageId: string, wish: CampaignWish = {}): Promise<TestCampaign> {
    const { workspaceId } = this;
    const campaignId = uuidV7();
    const metaCampaignId = this.metaId();
    const { budgetMinor = 100_000, unitCostMinor = 100, audience, content = CONTENT, row = {} } = wish;
    await this.addCampaignRow(pageId, campaignId, { metaCampaignId, unitCostMinor, unitCostSource: 'bid', ...row });
    await this.owner.getRepository(MessageSetEntity).insert({
      id: uuidV7(),
      workspaceId,
      campaignId,
      budgetType: 'lifetime',
      budgetMinor,
      currency: 'USD',
      audience: audience === undefined ? null : { all: true },
    });
    const budget = { campaignId, workspaceId, budgetDay: LIFETIME, budgetMinor };
    await this.owner.getRepository(CampaignBudgetEntity).insert(budget);
    const [messageId] = await storeContents(this.owner.manager, this.keys, { workspaceId, campaignId }, [content]);
    await this.owner.query('UPDATE campaigns SET message_id = $2 WHERE id = $1', [campaignId, messageId]);
    if (audience !== undefined) await this.freeze(campaignId, audience);
    return { workspaceId, pageId, campaignId, metaCampaignId };
  }

  private async freeze(campaignId: string, audience: readonly string[]): Promise<void> {
    await this.owner.query(
      'INSERT INTO campaign_audience (campaign_id, subscriber_id, workspace_id) SELECT $1, unnest($2::uuid[]), $3',
      [campaignId, audience, this.workspaceId],
    );
  }

  private async addCampaignRow(pageId: string, id: string, row: CampaignWish['row']): Promise<void> {
    await this.owner.getRepository(CampaignEntity).insert({
      id,
      workspaceId: this.workspaceId,
      pageId,
      name: 'Autumn',
      kind: 'direct',
      state: 'active',
      startAt: new Date(START_MS - DAY),
      endAt: new Date(START_MS + 30 * DAY),
      metaCreatedAt: new Date(START_MS - DAY),
      whenSlotTaken: 'hold',
      whenBudgetUsedUp: 'refuse',
      ...row,
    });
  }

  /** People who opted in and hold a token, in the order of their ids. */
  async addPeople(pageId: string, count: number, row: Partial<SubscriberEntity> = {}): Promise<string[]> {
    const people = Array.from({ length: count }, () => ({ id: uuidV7(), token: uuidV7() }));
    const subscribers = people.map(({ id, token }) => ({
      id,
      workspaceId: this.workspaceId,
      pageId,
      source: 'opt_in',
      consent: 'granted',
      consentAt: new Date(START_MS - 30 * DAY),
      tokenId: token,
      psidSealed: this.envelope.seal(`psid-${id}`, `subscribers.psid:${pageId}`),
      ...row,
    }));
    for (let from = 0; from < count; from += 1_000) {
      await this.owner.getRepository(SubscriberEntity).insert(subscribers.slice(from, from + 1_000));
    }
    await this.addTokens(pageId, people);
    return people.map(({ id }) => id);
  }

  private async addTokens(pageId: string, people: readonly { id: string; token: string }[]): Promise<void> {
    await this.owner.query(
      `INSERT INTO subscriber_tokens (id, workspace_id, page_id, subscriber_id, hash, sealed, source)
       SELECT id, $1, $2, subscriber_id, hash, sealed, 'opt_in'
         FROM unnest($3::uuid[], $4::uuid[], $5::bytea[], $6::bytea[]) AS t (id, subscriber_id, hash, sealed)`,
      [
        this.workspaceId,
        pageId,
        people.map(({ token }) => token),
        people.map(({ id }) => id),
        people.map(({ id }) => this.lookupHash.of('token', `token-${id}`, pageId)),
        people.map(({ id }) => this.envelope.seal(`token-${id}`, `subscriber_tokens.token:${pageId}`)),
      ],
    );
  }

  /** Keyed hash of a person's token, as status events carry it. */
  tokenHash(pageId: string, subscriberId: string): string {
    return this.lookupHash.of('token', `token-${subscriberId}`, pageId).toString('hex');
  }

  /** A running campaign for which so many new people of the Page are chosen. */
  async addChosen(pageId: string, count: number): Promise<{ campaign: TestCampaign; people: string[] }> {
    const people = await this.addPeople(pageId, count);
    const campaign = await this.addCampaign(pageId);
    await this.choose(campaign, people);
    return { campaign, people };
  }

  /** Chooses people through the API's role. */
  choose(
    { workspaceId, pageId, campaignId }: CampaignRef,
    subscriberIds: readonly string[],
    content: JsonObject | null = null,
  ): Promise<ChosenResult> {
    const recipients = subscriberIds.map((subscriberId) => ({ subscriberId }));
    return this.asApi((manager) =>
      queueChosen(manager, this.keys, {
        workspaceId,
        pageId,
        campaignId,
        choiceId: uuidV7(),
        defaultContent: content,
        recipients,
      }),
    );
  }

  asApi<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return inTenantTransaction(this.api, this.workspaceId, work);
  }

  asWorker<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return inTransaction(this.worker, work);
  }

  claim(ref: CampaignRef, atMost = 500, holdWorkflowMax = 1_000): Promise<ClaimOutcome> {
    return this.asWorker((manager) => claimBatch(manager, { contents: this.contents, holdWorkflowMax }, ref, atMost));
  }

  claimOne(ref: CampaignRef, sendId: string): Promise<ClaimOutcome> {
    const parts = { contents: this.contents, holdWorkflowMax: 1_000 };
    return this.asWorker((manager) => claimSingle(manager, parts, ref, sendId));
  }

  /** Begins without a runner: nobody sends what it returns but the test. */
  begin(ref: CampaignRef, batch: BatchHandle | null, wanted = 64): Promise<Slice> {
    return this.settle(ref, batch, [], wanted);
  }

  settle(ref: CampaignRef, batch: BatchHandle | null, answers: readonly SettledSend[], wanted = 0): Promise<Slice> {
    if (batch === null) throw new Error('Nobody was claimed.');
    return this.asWorker((manager) => settleAndBegin(manager, ref, batch, answers, wanted));
  }

  /** Claims and begins all who are chosen, at most a slice. */
  async claimAndBegin(
    ref: CampaignRef,
  ): Promise<{ readonly batch: BatchHandle; readonly begun: readonly BegunChange[] }> {
    const { batch } = await this.claim(ref);
    if (batch === null) throw new Error('Nobody was claimed.');
    return { batch, begun: (await this.begin(ref, batch)).begun };
  }

  /** The rows of a campaign in the order they were chosen. */
  sends({ campaignId }: Pick<CampaignRef, 'campaignId'>): Promise<StoredSend[]> {
    return this.owner.query('SELECT * FROM sends WHERE campaign_id = $1 ORDER BY id', [campaignId]);
  }

  async send(ref: Pick<CampaignRef, 'campaignId'>, subscriberId: string): Promise<StoredSend> {
    const found = (await this.sends(ref)).filter((send) => send.subscriber_id === subscriberId);
    const [send] = found;
    if (send === undefined || found.length > 1) throw new Error(`${found.length} rows of ${subscriberId}`);
    return send;
  }

  /** How many rows of a campaign stand in each state. */
  async counts(ref: Pick<CampaignRef, 'campaignId'>): Promise<Partial<Record<SendState, number>>> {
    const counts: Partial<Record<SendState, number>> = {};
    for (const { state } of await this.sends(ref)) counts[state] = (counts[state] ?? 0) + 1;
    return counts;
  }

  async money({ campaignId }: Pick<CampaignRef, 'campaignId'>): Promise<{ reserved: number; spent: number }> {
    const [row] = await this.owner.query<{ reserved: number; spent: number }[]>(
      'SELECT reserved_minor AS reserved, spent_minor AS spent FROM campaign_budgets WHERE campaign_id = $1',
      [campaignId],
    );
    if (row === undefined) throw new Error('The campaign has no budget.');
    return row;
  }

  /** Until when a Page's lease has given out its messages, wall clock. */
  async leasedUntilMs(pageId: string, manager: EntityManager = this.owner.manager): Promise<number> {
    const sql = 'SELECT granted_until FROM page_rates WHERE page_id = $1';
    const [row] = await manager.query<{ granted_until: Date }[]>(sql, [pageId]);
    return row?.granted_until.getTime() ?? 0;
  }

  /** Where a person's slot stands. */
  async slot(
    subscriberId: string,
  ): Promise<{ untilMs: number | null; holder: string | null; metaUntilMs: number | null }> {
    const [row] = await this.owner.query<
      { paid_slot_until: Date | null; paid_slot_send: string | null; meta_paid_until: Date | null }[]
    >('SELECT paid_slot_until, paid_slot_send, meta_paid_until FROM subscribers WHERE id = $1', [subscriberId]);
    return {
      untilMs: row?.paid_slot_until?.getTime() ?? null,
      holder: row?.paid_slot_send ?? null,
      metaUntilMs: row?.meta_paid_until?.getTime() ?? null,
    };
  }

  /** The states a send went through. */
  async history(sendId: string): Promise<string[]> {
    const steps = await this.owner.query<{ state: string }[]>(
      'SELECT state FROM send_states WHERE send_id = $1 ORDER BY seq',
      [sendId],
    );
    return steps.map(({ state }) => state);
  }

  /** How often an owner was woken. */
  async wakes(ownerId: string): Promise<number> {
    const [row] = await this.owner.query<{ wake_seq: number }[]>('SELECT wake_seq FROM waits WHERE owner_id = $1', [
      ownerId,
    ]);
    return row?.wake_seq ?? 0;
  }

  private metaId(): string {
    return String(104_201_000_000_000 + this.metaIds++);
  }
}

/** The answer to a message that was begun. */
export const answerTo = (row: SendRow, outcome: SendOutcome, hasOwnContent = true): SettledSend => ({
  sendId: row.id,
  subscriberId: row.subscriberId,
  claimNo: row.claimNo,
  begunFence: row.begunFence,
  tries: row.tries,
  hasOwnContent,
  outcome,
});

/** What the tests of one file share: a ledger that is sound after every test, and a new Page for each of them. */
export interface LedgerOfFile {
  readonly ledger: () => LedgerUnderTest;
  readonly pageId: () => string;
}

/** @param connections - the worker's pool */
export function ledgerOfThisFile(connections = 8): LedgerOfFile {
  let ledger: LedgerUnderTest | undefined;
  let pageId = '';
  const opened = (): LedgerUnderTest => {
    if (ledger === undefined) throw new Error('The ledger is opened before the first test.');
    return ledger;
  };
  beforeAll(async () => {
    ledger = await LedgerUnderTest.open(connections);
  }, 60_000);
  beforeEach(async () => {
    opened().meta.forget();
    await opened().setNow(START_MS);
    pageId = await opened().addPage();
  });
  afterEach(async () => {
    expect(await brokenInvariants(opened().owner)).toEqual([]);
  });
  afterAll(() => ledger?.close());
  return { ledger: opened, pageId: () => pageId };
}

/** The one of a list at a place. */
export function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`There is no item ${index}.`);
  return item;
}
