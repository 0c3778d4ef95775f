import { identify } from '../../launcher/process-identity';
import { waitUntil } from '../../launcher/wait-until';
import type { StoryOptions } from '../story';
import type { Shop, ShownCampaign } from '../shop';
import { PEOPLE } from './opening';
import { decided, lost, progress, startCampaign } from './campaign';

/** Slow enough to be caught in the middle. */
const SENDS_PER_SECOND = 60;
const ENOUGH_BUDGET_MINOR = 100_000;

/** How long a reader has for a kill of their own. */
const READERS_TURN_MS = 8_000;

/** (5) The worker is killed in the middle of a second campaign: nobody gets it twice, and it ends by itself. */
export async function crash(shop: Shop, { interactive }: StoryOptions): Promise<ShownCampaign> {
  shop.scene('5. The worker dies in the middle of a campaign.');
  await shop.api.patch(`/v1/pages/${shop.pageId}`, { sendsPerSecond: SENDS_PER_SECOND });
  const started = await startCampaign(shop, {
    name: 'Summer arrivals',
    text: 'Summer is in.',
    budgetMinor: ENOUGH_BUDGET_MINOR,
    audience: { source: 'opt_in' },
  });
  await shop.api.post('/v1/sandbox/clock', { advance: 'PT2H' });
  await shop.until(
    'the second campaign',
    () => shop.campaign(started.id),
    ({ counts }) => (counts['sent'] ?? 0) >= SENDS_PER_SECOND,
  );
  await killWorker(shop, interactive);
  const campaign = await progress(shop, started.id, (counts) => decided(counts) >= PEOPLE);
  const journal = await shop.journal(campaign);
  const unknown = lost(campaign.counts);
  shop.tell(
    `Meta took ${journal.accepted} messages for ${journal.people} people; ${unknown} outcomes are unknown and not repeated.`,
  );
  shop.promises.check('nobody got it twice', journal.maxPerPerson === 1);
  shop.promises.check('the campaign went on by itself', journal.accepted + unknown >= PEOPLE);
  return campaign;
}

async function killWorker(shop: Shop, interactive: boolean): Promise<void> {
  const { worker } = shop.runtime().pids;
  if (worker === undefined) return;
  if (interactive) {
    shop.tell(`The worker's pid is ${worker}. Your turn: kill -9 ${worker}`);
    await waitUntil(() => !isAlive(worker), READERS_TURN_MS);
  }
  if (isAlive(worker)) process.kill(worker, 'SIGKILL');
  shop.tell(`Worker ${worker} was killed with SIGKILL; the launcher starts another.`);
  await shop.until(
    'the new worker',
    () => Promise.resolve(shop.runtime().pids.worker),
    (pid) => pid !== undefined && pid !== worker,
  );
}

const isAlive = (pid: number): boolean => identify(pid) !== undefined;
