import { expect } from '@jest/globals';
import type { DataSource, EntityManager } from 'typeorm';
import type { SubscriberIds } from '../../activities/subscriber.ports';
import { applyOptOuts } from '../../src/consent/apply-opt-outs';
import { applyGroup } from '../../src/inbox/apply-group';
import { InboxDrainer } from '../../src/inbox/drainer';
import { readPending, takeLanes } from '../../src/inbox/inbox-row';
import { ingest } from '../../src/inbox/ingest';
import { PostgresOptInRequests } from '../../src/opt-in/opt-in-requests';
import { requestOptIn } from '../../src/opt-in/request-opt-in';
import { PostgresTokenStore } from '../../src/opt-in/token-store';
import { inTransaction } from '../../src/persistence/database';
import { recordOrderEvents } from '../../src/sequences/record-order-events';
import { PostgresOptOuts } from '../../src/subscribers/lifecycle/finish-opt-out';
import { optOutByApi } from '../../src/subscribers/opt-out';
import { eventsOf } from '../inbox/meta-events';
import { silent } from '../inbox/tables-under-test';
import { askedAgain } from '../support/asked-again';
import type { LedgerUnderTest, TestCampaign } from '../support/ledger-builders';
import { at } from '../support/ledger-builders';
import { refusedWith, taken } from '../support/scripted-meta';
import type { PersonModel } from './person-model';

/** Where a life takes place. */
export interface PersonPlace {
  readonly ledger: LedgerUnderTest;
  readonly ingest: DataSource;
  readonly pageId: string;
  readonly metaPageId: string;
  readonly topics: readonly string[];
  readonly campaigns: readonly TestCampaign[];
  readonly personId: string;
  readonly psid: string;
}

/** Meta's word for somebody who has left. */
const LEFT = 2_300_034;
const ALL_LANES = Array.from({ length: 16 }, (_, lane) => lane);

class ProcessDied extends Error {}

interface StoredPerson {
  readonly consent: string;
  readonly consentAtMs: number | null;
  readonly windowUntilMs: number | null;
  readonly slotUntilMs: number | null;
  readonly token: string | null;
  readonly topics: readonly string[];
  readonly proofs: { readonly optIns: number; readonly optOuts: number };
  readonly wakes: { readonly optedIn: number; readonly optedOut: number };
  readonly unsubscribes: number;
  readonly requests: readonly string[];
  readonly sends: readonly [campaign: string, state: string, dueMs: number | null][];
  readonly runs: number;
  readonly pending: number;
}

const ms = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::bigint`;

/** All that the model speaks of, in one statement. */
const READ = `
SELECT s.consent, ${ms('s.consent_at')} AS "consentAtMs", ${ms('s.window_until')} AS "windowUntilMs",
  ${ms('s.paid_slot_until')} AS "slotUntilMs",
  (SELECT encode(t.hash, 'hex') FROM subscriber_tokens t WHERE t.id = s.token_id AND t.state = 'active') AS token,
  (SELECT coalesce(json_agg(topic_id), '[]') FROM subscriber_topics WHERE subscriber_id = s.id AND ended_at IS NULL) AS topics,
  (SELECT json_build_object('optIns', count(*) FILTER (WHERE kind = 'opt_in'),
            'optOuts', count(*) FILTER (WHERE kind = 'opt_out'))
     FROM consent_events WHERE subscriber_id = s.id) AS proofs,
  (SELECT json_build_object('optedIn', count(*) FILTER (WHERE body->>'signal' = 'optedIn'),
            'optedOut', count(*) FILTER (WHERE body->>'signal' = 'optedOut'))
     FROM outbox WHERE owner_id = s.id AND kind = 'wake') AS wakes,
  (SELECT count(*) FROM outbox WHERE owner_id = s.id AND kind = 'unsubscribe') AS unsubscribes,
  (SELECT coalesce(json_agg(state ORDER BY id), '[]') FROM opt_in_requests WHERE subscriber_id = s.id) AS requests,
  (SELECT coalesce(json_agg(json_build_array(campaign_id, state, ${ms('due_at')})), '[]')
     FROM sends WHERE subscriber_id = s.id) AS sends,
  (SELECT count(*) FROM automation_runs WHERE subscriber_id = s.id) AS runs,
  (SELECT count(*) FROM inbox WHERE done_at IS NULL) AS pending
FROM subscribers s WHERE s.id = $1`;

/** The record of one person, and the processes that write it. */
export class PersonWorld {
  /** Ids of what was asked for, in order. */
  readonly requestIds: string[] = [];
  /** What webhooks brought, to bring it again. */
  readonly brought: Readonly<Record<string, unknown>>[] = [];
  private readonly drainer: InboxDrainer;
  private readonly tokens: PostgresTokenStore;
  private readonly requests: PostgresOptInRequests;
  private readonly optOuts: PostgresOptOuts;
  readonly ids: SubscriberIds;

  constructor(readonly place: PersonPlace) {
    const { worker, envelope, lookupHash, workspaceId } = place.ledger;
    this.drainer = new InboxDrainer({ dataSource: worker, envelope, logger: silent });
    this.tokens = new PostgresTokenStore(worker, envelope, lookupHash);
    this.requests = new PostgresOptInRequests(worker, envelope);
    this.optOuts = new PostgresOptOuts(worker);
    this.ids = { workspaceId, pageId: place.pageId, subscriberId: place.personId };
  }

  /** A webhook that Meta sends. */
  async bring(event: Readonly<Record<string, unknown>>): Promise<void> {
    this.brought.push(event);
    await this.bringAgain(event);
  }

  async bringAgain(event: Readonly<Record<string, unknown>>): Promise<void> {
    const { ledger, metaPageId } = this.place;
    const secrets = { envelope: ledger.envelope, lookup: ledger.lookupHash, appIds: new Set<string>() };
    await inTransaction(this.place.ingest, (manager) => ingest(manager, [eventsOf(metaPageId, event)], secrets));
  }

  /** Drains until nothing is due. */
  async drain(): Promise<void> {
    while ((await this.drainer.round()) === 0);
  }

  /** The drainer's process dies before its commit. */
  async drainAndDie(): Promise<void> {
    const { worker, envelope } = this.place.ledger;
    const dies = worker.transaction(async (manager) => {
      const lanes = await takeLanes(manager, ALL_LANES);
      const due = await readPending(manager, lanes, 500);
      await applyGroup(manager, due, envelope);
      throw new ProcessDied();
    });
    await expect(dies).rejects.toBeInstanceOf(ProcessDied);
  }

  /** Names the event that came last, as the signal of the drainer does. */
  async newestInboxId(): Promise<string> {
    const [row] = await this.place.ledger.owner.query<{ id: string }[]>(
      'SELECT id FROM inbox ORDER BY seq DESC LIMIT 1',
    );
    return row?.id ?? '';
  }

  tokenHash(token: string): string {
    return this.place.ledger.lookupHash.of('token', token, this.place.pageId).toString('hex');
  }

  store(inboxId: string): Promise<unknown> {
    return this.tokens.store(this.ids, inboxId);
  }

  finishOptOut(): Promise<unknown> {
    return this.optOuts.finish(this.ids);
  }

  async optOutByApi(): Promise<void> {
    const { workspaceId, nowMs } = this.place.ledger;
    const { subscriberId } = this.ids;
    await this.place.ledger.asApi((manager) => optOutByApi(manager, { workspaceId, subscriberId, nowMs }));
  }

  /** A list of Meta's that no longer names the person; its word is as old as the request. */
  async optOutByImport(atMs: number): Promise<void> {
    const optOut = { ...this.ids, atMs, source: 'import', tellMeta: false };
    await this.place.ledger.asWorker((manager) => applyOptOuts(manager, [optOut]));
  }

  async request(topic: number, waits: boolean): Promise<void> {
    const wish = {
      ...this.ids,
      topicId: at(this.place.topics, topic),
      whenNotAllowed: waits ? ('wait' as const) : ('refuse' as const),
    };
    const { requestId } = await this.place.ledger.asApi((manager) => requestOptIn(manager, wish));
    this.requestIds.push(requestId);
  }

  /** @returns whether bytes are to leave */
  async ask(place: number): Promise<boolean> {
    return (await this.requests.begin(this.ids, at(this.requestIds, place))).kind === 'ask';
  }

  answerAsked(place: number): Promise<unknown> {
    return this.requests.settle(this.ids, at(this.requestIds, place), { kind: 'asked' });
  }

  choose(campaign: number): Promise<unknown> {
    return this.place.ledger.choose(at(this.place.campaigns, campaign), [this.place.personId]);
  }

  /** @returns whether something came to Meta */
  async draw(campaign: number, answer: 'accepted' | 'left'): Promise<boolean> {
    const { ledger } = this.place;
    ledger.meta.forget();
    ledger.meta.says(answer === 'left' ? () => refusedWith(LEFT) : taken);
    await ledger.runner().run(at(this.place.campaigns, campaign), 500);
    return ledger.meta.arrivals.length > 0;
  }

  async order(orderId: string, status: string, occurredAtMs: number): Promise<string | undefined> {
    const { ledger, pageId, personId } = this.place;
    const report = { source: 'shop', orderId, status, pageId, subscriberId: personId, occurredAtMs };
    const record = (manager: EntityManager) =>
      recordOrderEvents(manager, ledger.keys, { workspaceId: ledger.workspaceId, events: [report], dryRun: false });
    return (await ledger.asApi(record)).results[0]?.outcome;
  }

  async expectLike(model: PersonModel): Promise<void> {
    const [person] = await askedAgain<StoredPerson>(this.place.ledger.owner, READ, [this.place.personId]);
    if (person === undefined) throw new Error('The person is gone.');
    const { topics, campaigns } = this.place;
    const sends = person.sends.map(([id, ...send]) => [campaigns.findIndex((one) => one.campaignId === id), ...send]);
    const named = { ...person, topics: person.topics.map((id) => topics.indexOf(id)).sort(), sends: sends.sort() };
    expect(named).toEqual(this.readModel(model));
  }

  private readModel(model: PersonModel): unknown {
    const { consent, consentAtMs, windowUntilMs, slotUntilMs, topics, proofs, wakes, unsubscribes, runs } = model;
    return {
      consent,
      consentAtMs,
      windowUntilMs,
      slotUntilMs,
      token: model.token === null ? null : this.tokenHash(model.token),
      topics,
      proofs,
      wakes,
      unsubscribes,
      requests: model.requests.map(({ state }) => state),
      sends: model.sends.flatMap((send, place) => (send === null ? [] : [[place, send.state, send.dueMs]])),
      runs,
      pending: model.pending.length,
    };
  }
}
