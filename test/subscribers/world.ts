import type { Consent } from '../../domain/subscriber/consent';
import { uuidV7 } from '../../src/security/uuid-v7';
import { DAY_MS, HOUR_MS, PageUnderTest, START_MS, connectToTestDatabase } from './page-under-test';

export { DAY_MS, HOUR_MS, START_MS };

/** A person as a test wants them. */
export interface PersonWanted {
  readonly consent?: Consent;
  readonly consentAtMs?: number;
  /** Milliseconds (UTC); the window is open when it lies ahead. */
  readonly windowUntilMs?: number;
  readonly paidSlotUntilMs?: number;
  /** Gives the person a token. */
  readonly token?: string;
}

/** A message as a test wants it; without a campaign it is one for this person alone. */
export interface SendWanted {
  readonly state: 'queued' | 'held' | 'refused' | 'accepted';
  readonly campaignId?: string;
  readonly dueAtMs?: number;
  readonly ruleId?: string;
  readonly choiceId?: string;
  readonly runId?: string;
}

/** People at a Page, and what happens to them. */
export class SubscriberWorld extends PageUnderTest {
  static async create(): Promise<SubscriberWorld> {
    const world = new SubscriberWorld(await connectToTestDatabase());
    await world.makePage();
    await world.setClock(START_MS);
    return world;
  }

  async addPerson(wanted: PersonWanted = {}): Promise<string> {
    const id = uuidV7();
    const psid = `psid-${id}`;
    await this.sql(
      `INSERT INTO subscribers (id, workspace_id, page_id, psid_sealed, consent, consent_at, source, window_until,
         paid_slot_until)
       VALUES ($1, $2, $3, $4, $5, $6, 'wrote', $7, $8)`,
      [
        id,
        this.workspaceId,
        this.pageId,
        this.keys.envelope.seal(psid, `subscribers.psid:${this.pageId}`),
        wanted.consent ?? 'none',
        moment(wanted.consentAtMs),
        moment(wanted.windowUntilMs),
        moment(wanted.paidSlotUntilMs),
      ],
    );
    await this.addIdentity(id, 'psid', psid);
    if (wanted.token !== undefined) await this.addToken(id, wanted.token);
    return id;
  }

  async addIdentity(subscriberId: string, kind: 'psid' | 'email' | 'phone', value: string): Promise<void> {
    const hash = this.keys.lookupHash.of(kind, value, kind === 'psid' ? this.pageId : '');
    await this.sql(
      `INSERT INTO subscriber_identities (page_id, kind, hash, workspace_id, subscriber_id) VALUES ($1, $2, $3, $4, $5)`,
      [this.pageId, kind, hash, this.workspaceId, subscriberId],
    );
  }

  /** The person's next action, as the drainer applies it. */
  async personWrites(subscriberId: string, atMs: number): Promise<void> {
    await this.sql('UPDATE subscribers SET window_until = $2 WHERE id = $1', [subscriberId, new Date(atMs + DAY_MS)]);
  }

  /** An opt-in as ingestion stores it and the drainer applies it: sealed body, proof, wake. @returns the inbox id */
  async personOptsIn(
    subscriberId: string,
    optIn: { readonly atMs: number; readonly token?: string; readonly topicId?: string },
  ): Promise<string> {
    const inboxId = uuidV7();
    const event = {
      sender: { id: `psid-${subscriberId}` },
      recipient: { id: 'meta-page' },
      timestamp: optIn.atMs,
      optin: {
        type: 'notification_messages',
        notification_messages_token: optIn.token,
        notification_messages_timezone: 'Europe/Berlin',
      },
    };
    await this.sql(
      `INSERT INTO inbox (day, id, workspace_id, page_id, lane, kind, event_at, body_sealed, state, arrived_at, done_at)
       VALUES (CURRENT_DATE, $1, $2, $3, 0, 'opt_in', $4, $5, 'applied', now(), now())`,
      [
        inboxId,
        this.workspaceId,
        this.pageId,
        new Date(optIn.atMs),
        this.keys.envelope.seal(JSON.stringify(event), `inbox.body:${inboxId}`),
      ],
    );
    await this.sql(
      `INSERT INTO consent_events (id, workspace_id, page_id, subscriber_id, kind, source, occurred_at, applied,
         topic_id, inbox_id)
       VALUES ($1, $2, $3, $4, 'opt_in', 'webhook', $5, false, $6, $7)`,
      [uuidV7(), this.workspaceId, this.pageId, subscriberId, new Date(optIn.atMs), optIn.topicId ?? null, inboxId],
    );
    return inboxId;
  }

  /** An opt-out as ingestion writes it in the webhook's own commit. */
  async personOptsOut(subscriberId: string, atMs: number): Promise<void> {
    await this.sql('SELECT * FROM apply_opt_outs($1::jsonb)', [
      JSON.stringify([
        {
          inboxId: null,
          workspaceId: this.workspaceId,
          pageId: this.pageId,
          subscriberId,
          at: new Date(atMs).toISOString(),
          source: 'webhook',
          consentEventId: uuidV7(),
          wakeId: uuidV7(),
          unsubscribeId: null,
        },
      ]),
    ]);
  }

  async addAutomation(steps: readonly unknown[], trigger: Readonly<Record<string, unknown>>): Promise<string> {
    const id = uuidV7();
    await this.sql(
      `INSERT INTO automations (id, workspace_id, name, page_ids, trigger_kind, trigger, steps_sealed, enabled)
       VALUES ($1, $2, 'a', $3, 'order_status', $4, $5, true)`,
      [
        id,
        this.workspaceId,
        [this.pageId],
        JSON.stringify(trigger),
        this.keys.envelope.seal(JSON.stringify(steps), `automations.steps:${id}`),
      ],
    );
    return id;
  }

  async addSend(subscriberId: string, send: SendWanted): Promise<string> {
    const id = uuidV7();
    const campaignId = send.campaignId ?? this.hiddenCampaignId;
    await this.sql(
      `INSERT INTO sends (campaign_id, id, workspace_id, page_id, subscriber_id, campaign_message_id, lane, state, due_at,
         allowed_at, rule_id, choice_id, automation_run_id)
       VALUES ($1, $2, $3, $4, $5, $6, 'paid', $7, $8, $8, $9, $10, $11)`,
      [
        campaignId,
        id,
        this.workspaceId,
        this.pageId,
        subscriberId,
        uuidV7(),
        send.state,
        moment(send.dueAtMs),
        send.ruleId ?? null,
        send.choiceId ?? null,
        send.runId ?? null,
      ],
    );
    await this.sql(
      `INSERT INTO send_states (workspace_id, campaign_id, send_id, state, rule_id, at) VALUES ($1, $2, $3, $4, $5, $6)`,
      [this.workspaceId, campaignId, id, send.state, send.ruleId ?? null, new Date(START_MS)],
    );
    return id;
  }

  private async addToken(subscriberId: string, token: string): Promise<void> {
    const id = uuidV7();
    await this.sql(
      `INSERT INTO subscriber_tokens (id, workspace_id, page_id, subscriber_id, hash, sealed, source)
       VALUES ($1, $2, $3, $4, $5, $6, 'opt_in')`,
      [
        id,
        this.workspaceId,
        this.pageId,
        subscriberId,
        this.keys.lookupHash.of('token', token, this.pageId),
        this.keys.envelope.seal(token, `subscriber_tokens.token:${this.pageId}`),
      ],
    );
    await this.sql('UPDATE subscribers SET token_id = $2 WHERE id = $1', [subscriberId, id]);
  }
}

const moment = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(ms));
