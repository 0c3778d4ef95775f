import Table from 'cli-table3';
import type { ApiClient } from '../api-client';
import type { Runtime } from '../launcher/runtime-file';
import { explainEntry, newestDecision, timelineOf } from '../operator/why';
import type { Terminal } from '../terminal/terminal';
import type { KeptPromise } from './promises';
import { runCampaign } from './scenes/campaign';
import type { CampaignCast } from './scenes/campaign';
import { crash } from './scenes/crash';
import { opening } from './scenes/opening';
import type { Guest } from './scenes/opt-in';
import { optIn } from './scenes/opt-in';
import { optOut } from './scenes/opt-out';
import { orderEvent, slotComes } from './scenes/order';
import { Shop } from './shop';

/** How the story is told. */
export interface StoryOptions {
  /** Whether the reader may take part: kill the worker themselves. */
  readonly interactive: boolean;
  /** Settles when the reader asks to stop. */
  readonly stopped: Promise<void>;
}

/** How many promises the story made, and how many of them held. */
export interface StoryResult {
  readonly promises: number;
  readonly held: number;
}

/**
 * Tells the demo's story on a running stack.
 * @param runtime - what `runtime.json` says at the moment of asking: pids change when a part is started again
 */
export async function runStory(
  runtime: () => Runtime,
  terminal: Terminal,
  options: StoryOptions,
): Promise<StoryResult> {
  const shop = new Shop(runtime, terminal);
  await opening(shop);
  const guest = await optIn(shop);
  const cast = await runCampaign(shop, guest.subscriberId);
  const orderCampaignId = await orderEvent(shop, guest);
  const whys = await explainAll(shop.api, cast);
  await slotComes(shop, orderCampaignId);
  await crash(shop, options);
  await optOut(shop, guest, orderCampaignId);
  tellEnd(shop, guest, cast, whys);
  const promises = shop.promises.all();
  return { promises: promises.length, held: promises.filter(({ held }) => held).length };
}

/** One sentence each for a person who was sent, held and refused, while it is so. */
async function explainAll(api: ApiClient, { campaign, sent, held, refused }: CampaignCast): Promise<string[]> {
  return Promise.all(
    [sent, held, refused].map(async (subscriberId) => {
      const decision = newestDecision(await timelineOf(api, subscriberId), campaign.id);
      return decision === undefined ? 'Nothing was decided about this person.' : explainEntry(decision);
    }),
  );
}

function tellEnd(shop: Shop, guest: Guest, { campaign }: CampaignCast, whys: readonly string[]): void {
  const { apiUrl, temporalUiUrl, temporalNamespace } = shop.runtime();
  shop.scene('What was promised, and what came of it');
  shop.terminal.line(tableOf(shop.promises.all()));
  shop.scene('Why? One person sent, one held, one refused:');
  for (const sentence of whys) shop.tell(sentence);
  shop.scene('Where to look');
  shop.tell(
    `that person's workflow   ${temporalUiUrl ?? ''}/namespaces/${temporalNamespace}/workflows/${encodeURIComponent(guest.workflowId)}`,
  );
  shop.tell(`that campaign's workflow ${campaign.temporalUrl}`);
  shop.tell(`the API                  ${apiUrl}/docs`);
}

function tableOf(promises: readonly KeptPromise[]): string {
  const table = new Table({ head: ['promise', 'held'], style: { head: [], border: [] } });
  for (const { sentence, held } of promises) table.push([sentence, held ? 'yes' : 'NO']);
  return table.toString();
}
