import type { HeraldClient } from '../support/herald-client';
import type { Stack } from '../support/stack';
import type { Choice } from './fire-page';
import { FirePage } from './fire-page';
import type { Random } from './random';

/** What Meta may do to the request of a paid message or to its answer (SIM-10). */
const FAULTS = ['drop_after_accept', '500', '503_html', 'slow', 'truncated', 'error_data_string'] as const;

/** The request that sends a paid message. */
const PAID_MESSAGES = '/act_*/messages';

/** Longer than the deadline of a send, wall clock. */
const SLOWER_THAN_THE_DEADLINE_MS = 12_000;

/** Long enough for every pause that a fault asks for, as an ISO 8601 duration. */
const PACED_OUT = 'PT6H';

/** How often a fault strikes; those that cost the campaign wall time, or half its rate, once. */
const TIMES = { drop_after_accept: 8, '500': 8, '503_html': 8, slow: 1, truncated: 8, error_data_string: 1 };

/** What a campaign through a flaky Meta came to. */
export interface FlakyOutcome {
  readonly page: FirePage;
  readonly counts: Record<string, number>;
}

/**
 * Runs a campaign to its end while Meta's answers get lost, broken and late and its webhooks come twice, late, in large
 * and small requests and in any order, by seed; then moves the clock until no outcome is unknown.
 */
export async function runFlakyCampaign(
  herald: HeraldClient,
  random: Random,
  { people, choice, patienceMs }: { readonly people: number; readonly choice: Choice; readonly patienceMs: number },
): Promise<FlakyOutcome> {
  const page = await FirePage.open(herald, { people, sendsPerSecond: 300 });
  await makeFlaky(herald, random);
  await page.startCampaign(choice);
  await herald.advance(PACED_OUT, patienceMs);
  await page.completed(patienceMs);
  return { page, counts: await page.resolved(patienceMs) };
}

/** Where the checker finds what happened. */
export const evidenceOf = ({ simulatorUrl, config }: Stack) => ({
  simulatorUrl,
  databaseUrl: config.database.ownerUrl,
  lookupKey: config.keys.lookupKey.toString('base64'),
});

async function makeFlaky(herald: HeraldClient, random: Random): Promise<void> {
  await herald.control('PATCH', 'settings', {
    failRate: random.between(0, 0.1),
    webhookBatchSize: Math.ceil(random.between(1, 200)),
    webhookDelayMs: Math.round(random.between(0, 5 * 60_000)),
    webhookDuplicateShare: random.between(0.05, 0.3),
    webhookLossShare: random.between(0, 0.1),
    webhookLateShare: random.between(0.05, 0.3),
    webhookLateMs: Math.round(random.between(60_000, 20 * 60_000)),
  });
  await herald.control('DELETE', 'faults');
  for (const fault of FAULTS) {
    await herald.control('POST', 'faults', {
      match: { path: PAID_MESSAGES },
      fault,
      share: random.between(0.02, 0.1),
      times: TIMES[fault],
      ...(fault === 'slow' && { delayMs: SLOWER_THAN_THE_DEADLINE_MS }),
    });
  }
}
