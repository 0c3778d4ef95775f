import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Simulator } from '../../simulator/simulator';
import { startSimulator } from '../../simulator/simulator';
import { anyFreePorts } from '../../src/cli/launcher/ports';
import { uuidV7 } from '../../src/security/uuid-v7';
import { ApiUnderTest } from '../api/api-under-test';
import { inDollars, startedCampaign } from '../api/campaigns';
import { inHours, optedIn, person, topic } from '../api/people';
import type { SimulatedPage } from '../support/herald-client';
import { control } from '../support/herald-client';
import { ChangeJournal } from './change-journal';

/** Kinds of things that a path, body or query can name, by the segment of their path. */
type Ids = Readonly<Record<string, readonly string[]>>;

/** A workspace that has one of everything, so that a call goes as far as it can. */
export interface Tenant {
  readonly api: ApiUnderTest;
  readonly ids: Ids;
  /** Of the simulator, not connected yet. */
  readonly spare: SimulatedPage;
}

const CAMPAIGN_STATES = ['draft', 'scheduled', 'active', 'paused', 'ended', 'stopped', 'failed'] as const;

/** The API with Meta's simulator behind it, and two workspaces that know nothing of each other. */
export class StrangersWorld {
  private constructor(
    readonly api: ApiUnderTest,
    readonly journal: ChangeJournal,
    /** Whose key is used. */
    readonly ours: Tenant,
    /** Whose ids are none of ours. */
    readonly theirs: Tenant,
    private readonly simulator: Simulator,
    private readonly folder: string,
  ) {}

  static async open(): Promise<StrangersWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'herald-strangers-'));
    const simulator = await startSimulator({ dataDir: folder, host: '127.0.0.1', port: 0, profile: 'happy', seed: 1 });
    const [port = 0] = await anyFreePorts(1);
    const webhookUrl = `http://127.0.0.1:${port}/webhooks/meta`;
    const app = await control(simulator.url, 'POST', 'apps', { webhookUrl, verifyToken: 'verify' });
    const api = await ApiUnderTest.start({
      GRAPH_API_URL: simulator.url,
      META_APP_SECRETS: `${app.id}:${app.secret}`,
      META_VERIFY_TOKEN: 'verify',
    });
    await api.app.listen(port, '127.0.0.1');
    const ours = await furnished(api, simulator);
    const theirs = await furnished(await api.beside('Borealis'), simulator);
    return new StrangersWorld(api, await ChangeJournal.install(api.owner), ours, theirs, simulator, folder);
  }

  async close(): Promise<void> {
    await this.api.stop();
    await this.simulator.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The same world with new things of ours in it, after a call has removed some. */
  async refurnished(): Promise<StrangersWorld> {
    const ours = await furnished(this.api, this.simulator);
    return new StrangersWorld(this.api, this.journal, ours, this.theirs, this.simulator, this.folder);
  }
}

/** Makes one of everything in a workspace, campaigns in every state. */
async function furnished(api: ApiUnderTest, { url }: Simulator): Promise<Tenant> {
  const pageId = await connected(api, await simulatedPage(url));
  const topicId = await topic(api, pageId);
  const writer = await person(api, pageId, { windowUntil: inHours(5) });
  const subscriberId = await optedIn(api, pageId, { windowUntil: inHours(5) });
  const campaigns: string[] = [];
  for (const state of CAMPAIGN_STATES) campaigns.push(await startedCampaign(api, pageId, state, inDollars));
  const ids = {
    pages: [pageId],
    topics: [topicId],
    subscribers: [subscriberId, writer],
    campaigns,
    automations: [await automation(api, pageId, topicId)],
    messages: [await made(api, '/v1/messages', { subscriberId, content: { text: 'Hello' }, purpose: 'promotional' })],
    'opt-in-requests': [await made(api, '/v1/opt-in-requests', { topicId, subscriberId: writer })],
    'sync-subscribers': [await made(api, `/v1/pages/${pageId}/sync-subscribers`)],
    'api-keys': [await made(api, '/v1/api-keys', { name: 'spare', scopes: ['read'] })],
    // Nobody's, and there for everybody.
    rules: ['R-08'],
  };
  return { api, ids, spare: await simulatedPage(url) };
}

const simulatedPage = (url: string): Promise<SimulatedPage> =>
  control(url, 'POST', 'pages', { name: 'Aurora', country: 'US', currency: 'USD', timeZone: 'UTC' });

const connected = (api: ApiUnderTest, { id, ...tokens }: SimulatedPage): Promise<string> =>
  made(api, '/v1/pages', {
    metaPageId: id,
    platform: 'messenger',
    pageToken: tokens.pageToken,
    systemUserToken: tokens.systemUserToken,
    adAccountId: tokens.adAccountId,
  });

const automation = (api: ApiUnderTest, pageId: string, topicId: string): Promise<string> =>
  made(api, '/v1/automations', {
    name: `Order ${uuidV7()}`,
    pageIds: [pageId],
    trigger: { kind: 'order_status', status: 'CONFIRMED', topicId },
    steps: [{ ask: { topicId } }],
  });

async function made(api: ApiUnderTest, path: string, body?: unknown): Promise<string> {
  const { status, text, body: answer } = await api.post(path, body);
  if (status >= 300) throw new Error(`POST ${path}: ${status} ${text}`);
  return answer.id;
}
