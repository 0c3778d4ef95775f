import { CommandError } from '../src/cli/command-error';
import { prepareCampaign, untilAccepted } from './campaign';
import type { Site } from './site';

/** Callers at a time, each with one request under way. */
const CALLERS = 4;

/** How long the API took to answer while a campaign was sent, milliseconds. */
export interface AnswerFigures {
  readonly what: string;
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Asks the API what operators and shops ask it, for as long as a campaign runs. */
export async function measureAnswers(site: Site, messages: number): Promise<AnswerFigures[]> {
  const page = await site.pageWith(messages);
  const { data } = await site.api.get<{ data: { id: string }[] }>('/v1/subscribers', { pageId: page.id, limit: '200' });
  const people = data.map(({ id }) => id);
  const campaign = await prepareCampaign(site, page, messages);
  const calls: Readonly<Record<string, (turn: number) => Promise<unknown>>> = {
    'GET campaign': () => site.api.get(`/v1/campaigns/${campaign.id}`),
    'GET recipients': () => site.api.get(`/v1/campaigns/${campaign.id}/recipients`, { limit: '50' }),
    'GET eligibility': (turn) => site.api.get(`/v1/subscribers/${people[turn % people.length] ?? ''}/eligibility`),
    'POST message': (turn) =>
      site.api
        .post('/v1/messages', {
          subscriberId: people[turn % people.length],
          content: { text: 'Your parcel is on its way.' },
          purpose: 'post_purchase',
          lane: 'window',
          whenSlotTaken: 'refuse',
        })
        .catch(unlessRefused),
  };
  const took = new Map<string, number[]>(Object.keys(calls).map((what) => [what, []]));
  let isRunning = true;
  const caller = async (): Promise<void> => {
    for (let turn = 0; isRunning; turn += 1) {
      for (const [what, call] of Object.entries(calls)) {
        const startedMs = performance.now();
        await call(turn);
        took.get(what)?.push(performance.now() - startedMs);
      }
    }
  };
  const callers = Promise.all(Array.from({ length: CALLERS }, caller));
  await campaign.go();
  await untilAccepted(site, campaign);
  isRunning = false;
  await callers;
  return [...took].map(([what, times]) => ({
    what,
    count: times.length,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
  }));
}

/** Whose window is closed by now is refused by a rule, which is an answer like any other. */
function unlessRefused(error: unknown): void {
  if (!(error instanceof CommandError) || !error.message.includes(': 422: ')) throw error;
}

function quantile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
