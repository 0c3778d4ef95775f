import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { CheckReport } from '../../checker/check-run';
import { checkRun } from '../../checker/check-run';
import type { PartName } from '../../src/cli/launcher/part-name';
import { waitUntil } from '../../src/cli/launcher/wait-until';
import type { CrashPoint } from '../../src/crash-points';
import type { Json, SimulatedPage } from '../support/herald-client';
import { RunningStack } from '../support/running-stack';

/** A death comes as soon as the armed process gets to the point. */
const DEATH_MS = 60_000;
const DAY_MS = 86_400_000;

/** The launcher starts a part at once that lived this long; one that dies sooner waits longer with every death. */
const STABLE_AFTER_MS = 5_200;

/** A campaign that has its Page and its people to itself. */
export interface OwnCampaign {
  readonly id: string;
  readonly page: { readonly id: string; readonly meta: SimulatedPage };
  /** Subscriber ids. */
  readonly people: readonly string[];
}

/** What the tests look at of a campaign. */
export interface ShownCampaign {
  readonly counts: Readonly<Record<string, number>> &
    Readonly<Record<'accepted' | 'delivered' | 'sending' | 'unknown' | 'failed' | 'assumed_sent', number>>;
  readonly budget: { readonly reservedMinor: number; readonly spentMinor: number };
}

/** A running stack whose processes die where they are told to. */
export class CrashableStack {
  /** When a part was seen to live, by `performance.now()`. */
  private readonly alive = new Map<PartName, number>();

  private constructor(
    readonly herald: RunningStack,
    private readonly folder: string,
  ) {}

  static async start(): Promise<CrashableStack> {
    const folder = mkdtempSync(join(tmpdir(), 'herald-crash-'));
    return new CrashableStack(await RunningStack.start({ environment: { HERALD_CRASH_DIR: folder } }), folder);
  }

  async stop(): Promise<void> {
    await this.herald.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Brings a situation about in which the part dies at the point, and waits for the process that follows it. */
  async dieAt(point: CrashPoint, part: PartName, situation: () => Promise<unknown>): Promise<void> {
    await pause(Math.max(0, STABLE_AFTER_MS - (performance.now() - (this.alive.get(part) ?? 0))));
    const pid = this.herald.pidOf(part);
    const armed = join(this.folder, point);
    writeFileSync(armed, '');
    await situation();
    await this.comesBack(part, pid);
    expect(existsSync(armed)).toBe(false);
  }

  /** Waits for the process that follows a dead one; for an API until it answers. */
  async comesBack(part: PartName, pid: number): Promise<void> {
    await this.herald.successor(part, pid, DEATH_MS);
    this.alive.set(part, performance.now());
    if (part === 'api') await waitUntil(async () => (await fetch(`${this.herald.apiUrl}/health/ready`)).ok, DEATH_MS);
  }

  /** Makes a Page with people who opted in, and a campaign on it that has been started. */
  async campaignFor(people: number): Promise<OwnCampaign> {
    const page = await this.herald.connectPage();
    await this.herald.control('POST', 'people', { pageId: page.meta.id, count: people, source: 'OPT_IN' });
    await this.herald.sync(page.id);
    const campaign = await this.draft(page.id);
    await this.herald.ok('POST', `/v1/campaigns/${campaign}/start`);
    return { id: campaign, page, people: await this.herald.subscriberIds(`&pageId=${page.id}`) };
  }

  /** @returns the id of a campaign that is not started yet */
  async draft(pageId: string): Promise<string> {
    const { now } = await this.herald.ok('GET', '/v1/sandbox/clock');
    const startMs = Date.parse(now as string);
    const campaign = await this.herald.ok('POST', '/v1/campaigns', {
      name: 'Under fire',
      pageId,
      kind: 'direct',
      content: { text: 'New arrivals are in.' },
      budget: { type: 'lifetime', amountMinor: 100_000, currency: 'USD' },
      schedule: { startAt: new Date(startMs).toISOString(), endAt: new Date(startMs + 10 * DAY_MS).toISOString() },
    });
    return campaign.id as string;
  }

  /** Chooses everybody of the campaign. */
  choose({ id, people }: OwnCampaign): Promise<Json> {
    const recipients = people.map((subscriberId) => ({ subscriberId }));
    return this.herald.ok('POST', `/v1/campaigns/${id}/messages`, { recipients });
  }

  /** What the simulator's journal says of a campaign. */
  async journalOf({ id }: Pick<OwnCampaign, 'id'>): Promise<Json> {
    const { metaCampaignId } = await this.herald.ok('GET', `/v1/campaigns/${id}`);
    return this.herald.control('GET', `sends/summary?campaignId=${metaCampaignId as string}`);
  }

  /** Lets the checker judge the whole run. @param campaigns - those for which everybody was chosen */
  check(campaigns: readonly OwnCampaign[] = []): Promise<CheckReport> {
    const { lookupKey } = JSON.parse(readFileSync(join(this.herald.directory, 'secrets.json'), 'utf8')) as {
      lookupKey: string;
    };
    const { databaseUrl } = this.herald.runtime();
    const chosen = campaigns.map(({ id, people }) => ({ campaignId: id, subscriberIds: people }));
    return checkRun({ simulatorUrl: this.herald.simulatorUrl, databaseUrl, lookupKey, chosen });
  }
}
