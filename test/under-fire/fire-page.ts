import type { HeraldClient, Json } from '../support/herald-client';

const DAY_MS = 86_400_000;
const CHOSEN_A_CALL = 2_500;

/** Somebody, as Herald and as Meta call them. */
interface Somebody {
  readonly id: string;
  readonly psid: string;
}

/** One person of a campaign and what became of their message. */
interface Recipient {
  readonly subscriberId: string;
  readonly state: string;
}

/** How a campaign learns whom to write to. */
export type Choice = 'audience' | 'messages';

/** What a Page under fire is made of. */
export interface FirePageOptions {
  readonly people: number;
  /** Paid messages a second, so that a campaign lasts long enough to be hit. */
  readonly sendsPerSecond: number;
}

/** A Page with its people, and the one campaign that runs while its machine is shot at. */
export class FirePage {
  campaignId = '';
  private metaCampaignId = '';

  private constructor(
    readonly herald: HeraldClient,
    readonly pageId: string,
    readonly people: readonly Somebody[],
  ) {}

  /** Makes a Page with people at Meta, connects it and imports them. */
  static async open(herald: HeraldClient, { people, sendsPerSecond }: FirePageOptions): Promise<FirePage> {
    const page = await herald.connectPage();
    await herald.ok('PATCH', `/v1/pages/${page.id}`, { sendsPerSecond });
    await herald.control('POST', 'people', { pageId: page.meta.id, count: people, source: 'OPT_IN' });
    await herald.sync(page.id);
    return new FirePage(herald, page.id, await herald.list(`/v1/subscribers?pageId=${page.id}`));
  }

  /**
   * Starts a campaign to everybody. Those of an audience are written to while the clock stands still at the moment of
   * readiness; those of `messages` with the clock running, so that webhooks come meanwhile.
   * @param first - how many `messages` chooses now; `choose` names the others
   */
  async startCampaign(choice: Choice, first = this.people.length): Promise<void> {
    const { now } = await this.herald.ok('GET', '/v1/sandbox/clock');
    const campaign = await this.herald.insist('POST', '/v1/campaigns', this.draft(Date.parse(now), choice));
    this.campaignId = campaign.id;
    await this.herald.insist('POST', `${this.path}/start`);
    const populating = await this.herald.until(this.path, ({ state }: Json) => state === 'populating');
    this.metaCampaignId = populating.metaCampaignId;
    if (choice === 'audience') await this.herald.insist('POST', '/v1/sandbox/clock', { advance: 'PT2H' });
    else await this.herald.advance('PT2H');
    if (choice === 'messages') await this.choose(0, first);
  }

  /** Chooses people by their places in the list. */
  async choose(from: number, to = this.people.length): Promise<void> {
    for (let next = from; next < to; next += CHOSEN_A_CALL) {
      const chosen = this.people.slice(next, Math.min(next + CHOSEN_A_CALL, to));
      const recipients = chosen.map(({ id }) => ({ subscriberId: id }));
      await this.herald.insist('POST', `${this.path}/messages`, { recipients });
    }
  }

  /** Lets the rest of the campaign go as fast as it can: it need not last any longer. */
  hurry(): Promise<Json> {
    return this.herald.insist('PATCH', `/v1/pages/${this.pageId}`, { sendsPerSecond: 1_000 });
  }

  /** Messages of the campaign in Meta's journal. */
  async accepted(): Promise<number> {
    return (await this.summary()).accepted;
  }

  /** Meta's journal of the campaign, in figures. */
  summary(): Promise<{ accepted: number; maxPerPerson: number }> {
    return this.herald.control('GET', `sends/summary?campaignId=${this.metaCampaignId}`);
  }

  /** Waits until nobody is left whom the campaign still has to write to. @returns its counts */
  async completed(patienceMs: number): Promise<Record<string, number>> {
    const isOver = ({ counts }: Json): boolean => over(counts) === this.people.length;
    return (await this.herald.until(this.path, isOver, patienceMs)).counts;
  }

  /** Moves the clock by days until no outcome is unknown any more. @returns the campaign's counts */
  async resolved(patienceMs: number): Promise<Record<string, number>> {
    await this.herald.advance('PT25H', patienceMs);
    return (await this.herald.until(this.path, ({ counts }: Json) => counts.unknown === 0)).counts;
  }

  /** States of the messages of those whom Meta's journal does not know as receivers, though they have not left. */
  async statesOfTheMissing(): Promise<Map<string, number>> {
    const inJournal = await this.receivers();
    const left = new Set(await this.herald.subscriberIds(`&pageId=${this.pageId}&consent=revoked`));
    const psids = new Map(this.people.map(({ id, psid }) => [id, psid]));
    const states = new Map<string, number>();
    for (const { subscriberId, state } of (await this.herald.list(`${this.path}/recipients`)) as Recipient[]) {
      if (left.has(subscriberId) || inJournal.has(psids.get(subscriberId) ?? '')) continue;
      states.set(state, (states.get(state) ?? 0) + 1);
    }
    return states;
  }

  private async receivers(): Promise<Set<string>> {
    const { data } = await this.herald.control('GET', `sends?campaignId=${this.metaCampaignId}&limit=10000`);
    return new Set((data as { psid: string }[]).map(({ psid }) => psid));
  }

  private get path(): string {
    return `/v1/campaigns/${this.campaignId}`;
  }

  private draft(nowMs: number, choice: Choice): Json {
    return {
      name: 'Under fire',
      pageId: this.pageId,
      kind: 'direct',
      content: { text: 'New arrivals are in.' },
      ...(choice === 'audience' && { audience: { source: 'opt_in' } }),
      budget: { type: 'lifetime', amountMinor: 10_000_000, currency: 'USD' },
      schedule: { startAt: new Date(nowMs).toISOString(), endAt: new Date(nowMs + 20 * DAY_MS).toISOString() },
    };
  }
}

/** With how many people a campaign is done, for now. */
function over(counts: Record<string, number>): number {
  const done = ['sent', 'unknown', 'assumed_sent', 'failed', 'refused', 'cancelled'];
  return done.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
}
