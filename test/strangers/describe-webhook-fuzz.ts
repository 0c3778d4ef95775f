import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { listDeadEvents } from '../../src/inbox/dead-events';
import { NOON } from '../inbox/meta-events';
import { WebhookDoor } from '../inbox/webhook-door';
import { DAY, HOUR } from '../support/ledger-builders';
import { brokenInvariants } from '../support/ledger-invariants';
import { PAGE } from '../webhooks/webhook-samples';
import { ChangeJournal } from './change-journal';
import type { FuzzSettings } from './fuzz-settings';
import { fuzzSettings } from './fuzz-settings';
import { spoiledWebhooks, WebhookFuzz } from './webhook-fuzz';

const VICTIMS = 20;
/** As many deliveries as a campaign of the tests has money for. */
const MOST_GOODS = 1_000;
const CONNECTIONS = 4;
/** An event is dead after eight tries; a status is given up after an hour, the next look is the last. */
const MOST_LOOKS = 10;

/**
 * Meta's webhook under generated bodies: what is answered, and what becomes of the events. A rejection that nobody
 * handles fails all of it, by Jest.
 */
export function describeWebhookFuzz(runs: Pick<FuzzSettings, 'runs'>): void {
  const settings = fuzzSettings(runs);
  jest.setTimeout(60_000 + settings.runs * 500);

  describe('Whatever comes by webhook', () => {
    let door: WebhookDoor;
    let fuzz: WebhookFuzz;

    beforeAll(async () => {
      door = await WebhookDoor.open(PAGE, CONNECTIONS);
      const victims = await door.accepted(VICTIMS);
      const good = await door.accepted(Math.min(settings.runs, MOST_GOODS));
      const journal = await ChangeJournal.install(door.ledger.owner);
      fuzz = new WebhookFuzz(door, journal, good.campaign, good.deliveries);
      const ofVictims = (await door.ledger.sends(victims.campaign)).map((send) => ({
        token: `token-${send.subscriber_id}`,
        campaign: victims.campaign.metaCampaignId,
        tracking: send.tracking_id ?? '',
      }));
      const { seed, runs: numRuns } = settings;
      await fuzz.run(fc.sample(spoiledWebhooks(ofVictims), { seed, numRuns }));
      await drainToTheEnd(door);
    });
    afterAll(() => door.close());

    it('is taken where Meta signed it and it is JSON, else refused without a trace, and never an error of ours', () => {
      expect(fuzz.findings).toEqual([]);
    });

    it('is applied, ignored or given up: nothing waits for ever, and no word of Meta’s cannot be applied', async () => {
      const { owner } = door.ledger;
      expect(await listDeadEvents(owner.manager, 100)).toEqual([]);
      expect(await owner.query(`SELECT kind, state, tries FROM inbox WHERE state IN ('pending', 'dead')`)).toEqual([]);
    });

    it('leaves every good event among it its one effect', async () => {
      const { ledger } = door;
      expect(fuzz.goods).toBeGreaterThan(0);
      const rest = Math.min(settings.runs, MOST_GOODS) - fuzz.goods;
      expect(await ledger.counts(fuzz.campaign)).toEqual({
        delivered: fuzz.goods,
        ...(rest > 0 && { accepted: rest }),
      });
      expect(await ledger.money(fuzz.campaign)).toEqual({ spent: fuzz.goods * 100, reserved: rest * 100 });
      const hashes = Array.from({ length: fuzz.goods }, (_, n) =>
        ledger.lookupHash.of('psid', `good-${n}`, door.pageId),
      );
      const writers = await ledger.owner.query<{ until: Date }[]>(
        `SELECT window_until AS until FROM subscribers s JOIN subscriber_identities i ON i.subscriber_id = s.id
          WHERE i.kind = 'psid' AND i.page_id = $1 AND i.hash = ANY($2)`,
        [door.pageId, hashes],
      );
      expect(writers).toEqual(hashes.map(() => ({ until: new Date(NOON + DAY) })));
    });

    it('breaks no invariant of the ledger', async () => {
      expect(await brokenInvariants(door.ledger.owner)).toEqual([]);
    });

    it('gives nobody a window or a consent from a day that has not come', async () => {
      const { owner, nowMs } = door.ledger;
      const late = await owner.query<{ what: string; at: Date }[]>(
        `SELECT 'window' AS what, window_until AS at FROM subscribers WHERE window_until > $1
         UNION ALL SELECT kind, occurred_at FROM consent_events WHERE occurred_at > $2`,
        [new Date(nowMs + DAY), new Date(nowMs)],
      );
      expect(late).toEqual([]);
    });
  });
}

/** Looks at what is to be tried again until nothing is left, as if its moments had come. */
async function drainToTheEnd({ drainer, ledger }: WebhookDoor): Promise<void> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    while ((await drainer.round()) === 0);
    const [, due] = await ledger.owner.query<[unknown, number]>(
      `UPDATE inbox SET try_at = now(), received_at = received_at - interval '1 minute' WHERE done_at IS NULL AND state = 'pending'`,
    );
    if (due === 0) return;
    await ledger.advance(HOUR);
  }
}
