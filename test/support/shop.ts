import type { HeraldClient, Json, SimulatedPage } from './herald-client';

const DAY_MS = 86_400_000;

/** A Page of its own with people who opted in, and its campaigns, all through the API: nobody's slot is taken yet. */
export class Shop {
  private constructor(
    private readonly herald: HeraldClient,
    readonly pageId: string,
    readonly meta: SimulatedPage,
    readonly people: readonly string[],
  ) {}

  static async open(herald: HeraldClient, count: number): Promise<Shop> {
    const { id, meta } = await herald.connectPage();
    await herald.control('POST', 'people', { pageId: meta.id, count, source: 'OPT_IN' });
    await herald.sync(id);
    return new Shop(herald, id, meta, await herald.subscriberIds(`&pageId=${id}`));
  }

  /** Makes a campaign of chosen people that lasts three days and starts now, and starts it. @returns its id */
  async startCampaign(overrides: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const nowMs = await this.nowMs();
    const { id } = await this.herald.ok('POST', '/v1/campaigns', {
      name: 'Arrivals',
      pageId: this.pageId,
      kind: 'direct',
      content: { text: 'New arrivals are in.' },
      budget: { type: 'lifetime', amountMinor: 10_000, currency: 'USD' },
      schedule: { startAt: isoTime(nowMs), endAt: isoTime(nowMs + 3 * DAY_MS) },
      ...overrides,
    });
    await this.command(id as string, 'start');
    return id as string;
  }

  command(campaignId: string, command: 'start' | 'pause' | 'resume' | 'stop'): Promise<Json> {
    return this.herald.ok('POST', `/v1/campaigns/${campaignId}/${command}`);
  }

  choose(campaignId: string, people: readonly string[], more: Readonly<Record<string, unknown>> = {}): Promise<Json> {
    const recipients = people.map((subscriberId) => ({ subscriberId }));
    return this.herald.ok('POST', `/v1/campaigns/${campaignId}/messages`, { recipients, ...more });
  }

  campaign(campaignId: string): Promise<Json> {
    return this.herald.ok('GET', `/v1/campaigns/${campaignId}`);
  }

  /** Waits until a campaign is in a state. */
  comesTo(campaignId: string, state: string): Promise<Json> {
    return this.herald.until(`/v1/campaigns/${campaignId}`, (campaign) => campaign.state === state);
  }

  /** Waits until a campaign waits for something. */
  waitsFor(campaignId: string, what: string): Promise<Json> {
    return this.herald.until(`/v1/campaigns/${campaignId}`, (campaign) => campaign.waitingFor?.what === what);
  }

  /** Business time, milliseconds (UTC). */
  async nowMs(): Promise<number> {
    return Date.parse((await this.herald.ok('GET', '/v1/sandbox/clock')).now as string);
  }
}

/** A moment as the API takes it. */
export const isoTime = (ms: number): string => new Date(ms).toISOString();
