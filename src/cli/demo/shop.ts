import { ApiClient } from '../api-client';
import { CommandError } from '../command-error';
import type { Runtime } from '../launcher/runtime-file';
import { SimulatorControl } from '../launcher/simulator-control';
import type { Terminal } from '../terminal/terminal';
import { Promises } from './promises';

/** How long the story waits for an effect, wall clock. */
const PATIENCE_MS = 90_000;
const LOOK_EVERY_MS = 100;

/** A campaign as the story reads it. */
export interface ShownCampaign {
  readonly id: string;
  readonly state: string;
  readonly reason?: string | null;
  readonly workflowId: string;
  readonly temporalUrl: string;
  readonly metaCampaignId?: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly budget: { readonly spentMinor: number; readonly reservedMinor: number; readonly remainingMinor: number };
}

/** A recipient or message as the story reads it. */
export interface ShownMessage {
  readonly id: string;
  readonly subscriberId: string;
  readonly state: string;
  readonly ruleId?: string;
  readonly allowedAt?: string;
}

/** The simulator's journal of a campaign, the judge of the story. */
export interface Journal {
  readonly accepted: number;
  readonly people: number;
  readonly maxPerPerson: number;
  readonly spentMinor: number;
}

/** Where the story plays: the shop's Page, its people, the API and Meta's side. */
export class Shop {
  readonly api: ApiClient;
  readonly meta: SimulatorControl;
  readonly promises: Promises;
  /** Ours, once connected. */
  pageId = '';
  topicId = '';

  constructor(
    readonly runtime: () => Runtime,
    readonly terminal: Terminal,
  ) {
    const { apiUrl, apiKey, simulatorUrl } = runtime();
    if (simulatorUrl === undefined) throw new CommandError('The demo needs the simulator: unset GRAPH_API_URL.');
    this.api = new ApiClient(apiUrl, apiKey, PATIENCE_MS);
    this.meta = new SimulatorControl(simulatorUrl, PATIENCE_MS);
    this.promises = new Promises(terminal);
  }

  /** Tells what happens next. */
  scene(title: string): void {
    this.terminal.line(`\n${title}`);
  }

  /** Tells one thing that happened. */
  tell(line: string): void {
    this.terminal.line(`  ${line}`);
  }

  /** Meta's side of the Page. */
  get simulator(): NonNullable<Runtime['simulator']> {
    const { simulator } = this.runtime();
    if (!simulator) throw new CommandError('The demo needs the simulator: unset GRAPH_API_URL.');
    return simulator;
  }

  campaign(id: string): Promise<ShownCampaign> {
    return this.api.get<ShownCampaign>(`/v1/campaigns/${id}`);
  }

  journal(campaign: ShownCampaign): Promise<Journal> {
    return this.meta.call<Journal>('GET', `sends/summary?campaignId=${campaign.metaCampaignId ?? ''}`);
  }

  /** Moves business time and waits until everything that was due is done. */
  async moveClock(advance: string): Promise<void> {
    await this.api.post('/v1/sandbox/clock', { advance });
    await this.until(
      'the clock',
      () => this.api.get<{ status: string }>('/v1/sandbox/clock'),
      (clock) => clock.status === 'ready',
    );
  }

  /** Business time, milliseconds since the Unix epoch. */
  async nowMs(): Promise<number> {
    return Date.parse((await this.api.get<{ now: string }>('/v1/sandbox/clock')).now);
  }

  /**
   * Reads until it is so.
   *
   * @throws CommandError when it does not come to it in time
   */
  async until<T>(what: string, read: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> {
    for (const end = Date.now() + PATIENCE_MS; ;) {
      const value = await read().catch(ignoreRestart);
      if (value !== undefined && isSo(value)) return value;
      if (Date.now() > end) throw new CommandError(`The story stands still: ${what} did not come to what it should.`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}

/** A part that is started again does not answer for a moment. */
function ignoreRestart(error: unknown): undefined {
  if (error instanceof CommandError) return undefined;
  throw error;
}
