import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { HeraldClient, type Json } from '../support/herald-client';
import type { RunningStack } from '../support/running-stack';
import { FirePage } from './fire-page';

const PEOPLE = 20;
const PATIENCE_MS = 60_000;

/** Another tenant on the same stack, whose small campaign is over before the fire: nothing of theirs may change. */
export class Bystander {
  private constructor(
    private readonly page: FirePage,
    private readonly before: Json,
  ) {}

  static async settleIn(stack: RunningStack): Promise<Bystander> {
    const create = ['herald', 'workspace', 'create', '--name', 'Bystander', '--json', '--data', stack.directory];
    const created = execFileSync(process.execPath, [resolve('dist/src/cli/main.js'), ...create], { encoding: 'utf8' });
    const herald = new HeraldClient(stack.apiUrl, JSON.parse(created).apiKey, stack.simulatorUrl);
    const page = await FirePage.open(herald, { people: PEOPLE, sendsPerSecond: 300 });
    await page.startCampaign('audience');
    await page.completed(PATIENCE_MS);
    await herald.advance('PT2H');
    return new Bystander(page, await seen(page));
  }

  /** What they see now and what they saw before the fire. */
  async views(): Promise<{ now: Json; before: Json }> {
    return { now: await seen(this.page), before: this.before };
  }
}

/** Their campaign, its people and all that was ever decided about them. */
async function seen({ herald, campaignId, pageId }: FirePage): Promise<Json> {
  const { counts, state, budget } = await herald.ok('GET', `/v1/campaigns/${campaignId}`);
  const recipients = await herald.ok('GET', `/v1/campaigns/${campaignId}/recipients?limit=200`);
  const people = await herald.ok('GET', `/v1/subscribers?pageId=${pageId}&limit=200`);
  return { counts, state, spentMinor: budget.spentMinor, recipients: recipients.data, people: people.data };
}
