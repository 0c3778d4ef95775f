import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../../simulator/simulator';
import { call, type Answer } from './http-client';
import { WebhookReceiver } from './webhook-receiver';

export const APP = { id: '9001000000000001', secret: 'app secret', verifyToken: 'verify me' };

export const ALL_FIELDS = [
  ...['messages', 'messaging_postbacks', 'messaging_optins', 'messaging_optouts', 'message_deliveries'],
  ...['message_reads', 'message_reactions', 'message_echoes', 'marketing_message_echoes', 'marketing_message_reads'],
  ...['marketing_message_deliveries', 'marketing_message_clicks', 'marketing_message_delivery_failed'],
].join(',');

export interface TestPage {
  readonly id: string;
  readonly pageToken: string;
  readonly adAccountId: string;
  readonly systemUserToken: string;
  readonly businessId: string;
}

export interface TestPerson {
  readonly id: string;
  readonly psid: string;
  readonly token: string;
}

interface SendOrder {
  readonly page?: TestPage;
  readonly [member: string]: unknown;
}

/** A simulator of its own for a test, with an app that listens and a Page, its clock frozen at a known moment. */
export class Sandbox {
  private constructor(
    private simulator: Simulator,
    readonly dataDir: string,
    readonly receiver: WebhookReceiver,
  ) {}

  page!: TestPage;

  static async start(options: Partial<SimulatorOptions> = {}): Promise<Sandbox> {
    const dataDir = mkdtempSync(join(tmpdir(), 'simulator-'));
    const sandbox = new Sandbox(await launch(dataDir, options), dataDir, await WebhookReceiver.start());
    await sandbox.control('POST', '/apps', { ...APP, webhookUrl: sandbox.receiver.url });
    await sandbox.freezeAt('2026-11-25T01:00:00.000Z');
    sandbox.page = await sandbox.createPage();
    await sandbox.graph(
      'POST',
      `/${sandbox.page.id}/subscribed_apps?subscribed_fields=${ALL_FIELDS}`,
      sandbox.page.pageToken,
    );
    return sandbox;
  }

  get url(): string {
    return this.simulator.url;
  }

  /** Ends the simulator and starts it again on the same directory. */
  async restart(dataDir = this.dataDir): Promise<void> {
    await this.simulator.close();
    this.simulator = await launch(dataDir, {});
  }

  async close(): Promise<void> {
    await this.simulator.close();
    await this.receiver.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  control(method: string, path: string, body?: unknown): Promise<Answer> {
    return call(method, `${this.url}/__sim${path}`, body === undefined ? {} : { body });
  }

  graph(method: string, path: string, token: string, body?: unknown): Promise<Answer> {
    const headers = { authorization: `Bearer ${token}` };
    return call(method, `${this.url}/v25.0${path}`, { headers, ...(body !== undefined && { body }) });
  }

  async createPage(order: Record<string, unknown> = {}): Promise<TestPage> {
    const page = { name: 'Shop', country: 'VN', currency: 'USD', timeZone: 'Asia/Ho_Chi_Minh', ...order };
    return (await this.control('POST', '/pages', page)).json as unknown as TestPage;
  }

  async createPeople(order: Record<string, unknown> = {}): Promise<TestPerson[]> {
    return (await this.control('POST', '/people', { pageId: this.page.id, source: 'OPT_IN', ...order })).json.data;
  }

  async createPerson(order: Record<string, unknown> = {}): Promise<TestPerson> {
    const [person] = await this.createPeople(order);
    if (!person) throw new Error('no person was created');
    return person;
  }

  /** Creates a campaign that is ready unless `ready` is false; returns its message id. */
  async createCampaign(order: Record<string, unknown> = {}, { ready = true, page = this.page } = {}): Promise<string> {
    const budget = 'daily_budget' in order ? {} : { lifetime_budget: 10_000 };
    const body = { name: 'Payday', page_id: page.id, ...budget, ...order };
    const { json } = await this.graph('POST', `/act_${page.adAccountId}/message_campaign`, page.systemUserToken, body);
    if (ready) await this.control('POST', `/campaigns/${json.id}/ready`);
    return json.id;
  }

  send(messageId: string, token: string, { page = this.page, ...more }: SendOrder = {}): Promise<Answer> {
    const body = {
      message_id: messageId,
      messenger_delivery_data: { subscription_token: token },
      message: { text: 'Hello {{first_name}}' },
      ...more,
    };
    return this.graph('POST', `/act_${page.adAccountId}/messages`, page.systemUserToken, body);
  }

  settings(values: Record<string, unknown>): Promise<Answer> {
    return this.control('PATCH', '/settings', values);
  }

  async freezeAt(now: string): Promise<void> {
    await this.control('POST', '/clock', { now, frozen: true });
  }

  /** Moves the frozen clock on and waits until everything that became due is played and acknowledged. */
  async advance(duration: string): Promise<void> {
    await this.control('POST', '/clock', { advance: duration });
    await this.quiet();
  }

  async now(): Promise<number> {
    return Date.parse((await this.control('GET', '/clock')).json.now);
  }

  /** Waits until nothing is due and every webhook is acknowledged. */
  async quiet(): Promise<void> {
    await this.until(async () => {
      const { due, unacknowledged } = (await this.control('GET', '')).json;
      return due === 0 && unacknowledged === 0;
    });
  }

  /** Looks again and again until something holds; the test's own time-out ends a vain wait. */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await holds())) await nextTurn();
  }
}

function launch(dataDir: string, options: Partial<SimulatorOptions>): Promise<Simulator> {
  return startSimulator({ dataDir, host: '127.0.0.1', port: 0, profile: 'happy', seed: 7, ...options });
}
