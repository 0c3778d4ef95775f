import type { JournalSend } from '../../checker/evidence/load-journal';
import { applyStatusEvents, type StatusEvent } from '../../src/ledger/apply-status-events';
import { uuidV7 } from '../../src/security/uuid-v7';
import { LedgerUnderTest, DAY, START_MS, at, type TestCampaign } from '../support/ledger-builders';
import type { Records } from './fake-simulator';

/** People of the run; the crowd is one more than a slice holds. */
const CROWD = 65;
const NAMES = ['ann', 'ben', 'cid', 'dot'] as const;

/** Somebody of the run. */
export type Name = (typeof NAMES)[number];
/** A campaign of the run, by its name. */
export type CampaignName = 'first' | 'second' | 'late' | 'crowd';

const KIND_OF: Readonly<Record<StatusEvent['state'], readonly [kind: string, field: string]>> = {
  accepted: ['mm_echo', 'marketing_message_echoes'],
  delivered: ['mm_delivery', 'marketing_message_deliveries'],
  read: ['mm_read', 'marketing_message_reads'],
  clicked: ['mm_click', 'marketing_message_clicks'],
  failed: ['mm_failed', 'marketing_message_delivery_failed'],
};

/** Journal statuses, from the least. */
const STATUSES = ['accepted', 'delivered', 'read', 'clicked'];

/**
 * A small run in which everything is as it must be: four people, four campaigns over four days, deliveries, a failure, a
 * delivery after a failure that overdraws a budget, an unknown outcome, an opt-out, and a tenant beside.
 */
export class SoundRun {
  readonly records: Records = { sends: [], webhooks: [] };
  readonly people = {} as Record<Name, string>;
  readonly campaigns = {} as Record<CampaignName, TestCampaign>;
  crowd: string[] = [];
  /** When the last of the crowd had got its message, by the wall clock. */
  crowdSentMs = 0;
  /** Of the tenant beside. */
  readonly otherWorkspaceId = uuidV7();
  /** A second Page of the same tenant. */
  otherPageId = '';
  private pageId = '';
  private metaPageId = '';

  private constructor(private readonly ledger: LedgerUnderTest) {}

  static async play(): Promise<SoundRun> {
    const run = new SoundRun(await LedgerUnderTest.open());
    try {
      await run.arrange();
      await run.dayOne();
      await run.dayTwo();
      await run.dayThree();
      await run.dayFour();
    } finally {
      await run.ledger.close();
    }
    return run;
  }

  get lookupKey(): string {
    return this.ledger.lookupKey.toString('base64');
  }

  /** The name of the database, to be copied. */
  get database(): string {
    return (this.ledger.owner.options as { url?: string }).url?.split('/').pop() ?? '';
  }

  /** A statement's way to name a row: the send of a person in a campaign, the earliest one. */
  sendOf(campaign: CampaignName, person: Name): string {
    return `(SELECT id FROM sends WHERE campaign_id = '${this.campaigns[campaign].campaignId}'
              AND subscriber_id = '${this.people[person]}' ORDER BY id LIMIT 1)`;
  }

  /** The journal's entry of a person in a campaign, the earliest one. */
  entryOf(campaign: CampaignName, person: Name): JournalSend {
    const { metaCampaignId } = this.campaigns[campaign];
    const token = `token-${this.people[person]}`;
    return at(
      this.records.sends.filter((send) => send.campaignId === metaCampaignId && send.token === token),
      0,
    );
  }

  private async arrange(): Promise<void> {
    const { ledger } = this;
    this.pageId = await ledger.addPage();
    this.otherPageId = await ledger.addPage();
    await ledger.owner.query(`UPDATE pages SET created_at = now() - interval '1 day'`);
    const [page] = await ledger.owner.query<{ meta_page_id: string }[]>(
      'SELECT meta_page_id FROM pages WHERE id = $1',
      [this.pageId],
    );
    this.metaPageId = page?.meta_page_id ?? '';
    const people = await ledger.addPeople(this.pageId, NAMES.length);
    for (const [index, name] of NAMES.entries()) this.people[name] = at(people, index);
    this.crowd = await ledger.addPeople(this.pageId, CROWD);
    await this.write('ann');
    const tokenHash = ledger.tokenHash(this.pageId, this.people.ann);
    await this.store('opt_in', 'messaging_optins', { psidHash: 'aa', tokenHash }, this.people.ann);
    await ledger.owner.query(`INSERT INTO workspaces (id, name) VALUES ($1, 'Beside')`, [this.otherWorkspaceId]);
  }

  private async dayOne(): Promise<void> {
    this.campaigns.first = await this.ledger.addCampaign(this.pageId, { budgetMinor: 500 });
    await this.send('first', ['ann', 'ben', 'cid', 'dot']);
    await this.hear('first', 'ann', 'accepted', 'delivered', 'read', 'clicked');
    await this.hear('first', 'ben', 'delivered');
    await this.hear('first', 'cid', 'failed');
    await this.hear('first', 'dot', 'delivered');
    await this.store('opt_in_stop', 'messaging_optins', { psidHash: 'bb' }, this.people.dot);
  }

  private async dayTwo(): Promise<void> {
    await this.ledger.advance(DAY);
    this.campaigns.second = await this.ledger.addCampaign(this.pageId);
    await this.send('second', ['ben', 'cid', 'dot']);
    await this.hear('second', 'ben', 'delivered');
  }

  /** Ann gets another content of the first campaign, Cid what had failed; the crowd gets its message. */
  private async dayThree(): Promise<void> {
    await this.ledger.advance(DAY);
    await this.ledger.choose(this.campaigns.first, [this.people.ann], { text: 'Last call' });
    await this.ledger.choose(this.campaigns.first, [this.people.cid]);
    await this.run('first');
    this.campaigns.crowd = await this.ledger.addCampaign(this.pageId);
    await this.ledger.choose(this.campaigns.crowd, this.crowd);
    await this.run('crowd');
    this.crowdSentMs = Date.now();
  }

  /** Cid's message fails, its money goes to Ben's, and then Meta delivers both. What becomes of Ann's, nobody knows. */
  private async dayFour(): Promise<void> {
    await this.ledger.advance(DAY);
    this.campaigns.late = await this.ledger.addCampaign(this.pageId, { budgetMinor: 100 });
    await this.send('late', ['cid']);
    await this.hear('late', 'cid', 'failed');
    await this.send('late', ['ben']);
    await this.hear('late', 'ben', 'delivered');
    await this.hear('late', 'cid', 'delivered');
    this.ledger.meta.says(() => ({ kind: 'unknown', reason: 'timeout' }));
    await this.send('second', ['ann']);
  }

  private async send(campaign: CampaignName, names: readonly Name[]): Promise<void> {
    const ids = names.map((name) => this.people[name]);
    await this.ledger.choose(this.campaigns[campaign], ids);
    await this.run(campaign);
  }

  /** Lets the campaign send, and writes down at Meta's what it accepted. */
  private async run(campaign: CampaignName): Promise<void> {
    const ref = this.campaigns[campaign];
    await this.ledger.runner().run(ref, 500);
    const known = new Set(this.records.sends.map(({ trackingId }) => trackingId));
    for (const send of await this.ledger.sends(ref)) {
      if (send.tracking_id === null || known.has(send.tracking_id)) continue;
      this.records.sends.push({
        at: new Date(this.ledger.nowMs).toISOString(),
        wallAt: new Date().toISOString(),
        campaignId: ref.metaCampaignId,
        token: `token-${send.subscriber_id}`,
        psid: `psid-${send.subscriber_id}`,
        trackingId: send.tracking_id,
        mid: `m-${send.tracking_id}`,
        status: 'accepted',
        costMinor: 100,
      });
    }
  }

  /** Meta says how a message fares: its journal, its webhook, and what Herald made of it. */
  private async hear(campaign: CampaignName, name: Name, ...states: readonly StatusEvent['state'][]): Promise<void> {
    const { metaCampaignId } = this.campaigns[campaign];
    const { trackingId } = this.entryOf(campaign, name);
    const tokenHash = this.ledger.tokenHash(this.pageId, this.people[name]);
    for (const state of states) {
      const keys = { trackingId, metaCampaignId, tokenHash };
      const inboxId = await this.store(...KIND_OF[state], keys);
      const event: StatusEvent = { ...keys, inboxId, pageId: this.pageId, state, atMs: this.ledger.nowMs };
      await this.ledger.asWorker((manager) => applyStatusEvents(manager, this.ledger.workspaceId, [event], []));
      this.reach(trackingId, state);
    }
  }

  private reach(trackingId: string | null, state: string): void {
    this.records.sends = this.records.sends.map((send) => {
      const isFurther = state === 'failed' || STATUSES.indexOf(state) > STATUSES.indexOf(send.status);
      return send.trackingId === trackingId && isFurther ? { ...send, status: state } : send;
    });
  }

  /** A message that somebody writes, and the window that it opens. */
  private async write(name: Name): Promise<void> {
    const { workspaceId, nowMs, owner } = this.ledger;
    await this.store('message', 'messages', { psidHash: 'aa', windowOpens: true });
    await owner.query(
      `INSERT INTO subscriber_identities (page_id, kind, hash, workspace_id, subscriber_id)
       VALUES ($1, 'psid', decode('aa', 'hex'), $2, $3)`,
      [this.pageId, workspaceId, this.people[name]],
    );
    await owner.query('UPDATE subscribers SET window_until = $2 WHERE id = $1', [
      this.people[name],
      new Date(nowMs + DAY),
    ]);
  }

  /** An event that was acknowledged, stored and applied. */
  private async store(kind: string, field: string, keys: object, optsOf?: string): Promise<string> {
    const { workspaceId, nowMs, owner } = this.ledger;
    const id = uuidV7();
    await owner.query(
      `INSERT INTO inbox (day, id, workspace_id, page_id, lane, kind, event_at, keys, state, arrived_at, done_at)
       VALUES (CURRENT_DATE, $1, $2, $3, 0, $4, $5, $6, 'done', $5, now())`,
      [id, workspaceId, this.pageId, kind, new Date(nowMs), JSON.stringify(keys)],
    );
    if (optsOf !== undefined) {
      await owner.query(
        `INSERT INTO consent_events (id, workspace_id, page_id, subscriber_id, kind, source, occurred_at, applied, inbox_id)
         VALUES ($1, $2, $3, $4, $5, 'notice', $6, true, $7)`,
        [uuidV7(), workspaceId, this.pageId, optsOf, kind === 'opt_in' ? kind : 'opt_out', new Date(nowMs), id],
      );
      await owner.query('UPDATE subscribers SET consent = $2, consent_at = $3 WHERE id = $1', [
        optsOf,
        kind === 'opt_in' ? 'granted' : 'revoked',
        new Date(nowMs),
      ]);
    }
    const moments = { at: new Date(nowMs).toISOString(), wallAt: new Date().toISOString() };
    const eventId = `e${this.records.webhooks.length}`;
    this.records.webhooks.push({ ...moments, pageId: this.metaPageId, field, eventId, status: 200 });
    return id;
  }
}

/** When the run began, business time. */
export const BEGAN_MS = START_MS;
