import { GraphClient } from '../src/graph-api/graph-client';
import type { ControlledPage } from '../src/cli/launcher/simulator-control';
import { DAY_MS } from '../domain/shared/duration';
import { cpuBetween, cpuTimes } from './parts';
import type { Site } from './site';

/** In flight at a time, as a campaign has them. */
const SLICE = 64;

/** What sending costs without a ledger: nobody is looked up, nothing is written down. */
export interface SendLoopFigures {
  readonly messages: number;
  readonly perSecond: number;
  readonly simulatorCpuMsPerMessage: number;
  /** What the simulator would serve on a core of its own. */
  readonly simulatorPerCore: number;
}

/** Sends slice after slice straight to the simulator, which answers as it does for Herald. */
export async function measureSendLoop(site: Site, messages: number): Promise<SendLoopFigures> {
  const page = await site.pageAtMeta(messages);
  const graph = new GraphClient({ url: site.simulatorUrl, version: 'v25.0' });
  try {
    const metaCampaignId = await createCampaign(site, graph, page);
    const tokens = await tokensOf(site, page, messages);
    const before = cpuTimes(site.pids);
    const startedMs = performance.now();
    for (let at = 0; at < tokens.length; at += SLICE) {
      await Promise.all(tokens.slice(at, at + SLICE).map((token) => sendOne(graph, page, metaCampaignId, token)));
    }
    const tookMs = performance.now() - startedMs;
    const { simulator } = cpuBetween(before, cpuTimes(site.pids));
    return {
      messages: tokens.length,
      perSecond: (tokens.length / tookMs) * 1_000,
      simulatorCpuMsPerMessage: simulator / tokens.length,
      simulatorPerCore: (tokens.length / simulator) * 1_000,
    };
  } finally {
    await graph.close();
  }
}

async function createCampaign(site: Site, graph: GraphClient, page: ControlledPage): Promise<string> {
  const nowMs = await site.nowMs();
  const created = await graph.createMessageCampaign({
    adAccountId: page.adAccountId,
    systemUserToken: page.systemUserToken,
    metaPageId: page.id,
    name: 'Send loop',
    budget: { type: 'lifetime', amountMinor: 1_000_000_000 },
    endAtMs: nowMs + 5 * DAY_MS,
  });
  if (created.kind !== 'ok') throw new Error(`The simulator made no campaign: ${created.kind}.`);
  const { metaCampaignId } = created.value;
  await graph.updateCampaignStatus({ metaCampaignId, systemUserToken: page.systemUserToken }, 'ACTIVE');
  await site.meta.call('POST', `campaigns/${metaCampaignId}/ready`);
  return metaCampaignId;
}

async function tokensOf(site: Site, page: ControlledPage, messages: number): Promise<string[]> {
  const { data } = await site.meta.call<{ data: { token: string }[] }>(
    'GET',
    `people?pageId=${page.id}&subscribed=true&limit=${messages}`,
  );
  return data.map(({ token }) => token);
}

async function sendOne(graph: GraphClient, page: ControlledPage, metaCampaignId: string, token: string): Promise<void> {
  const result = await graph.sendMarketingMessage({
    adAccountId: page.adAccountId,
    systemUserToken: page.systemUserToken,
    metaCampaignId,
    subscriptionToken: token,
    message: { text: 'New arrivals are in.' },
  });
  if (result.kind !== 'ok') throw new Error(`The simulator did not take a message: ${result.kind}.`);
}
