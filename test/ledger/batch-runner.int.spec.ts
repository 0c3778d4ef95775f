import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { uuidV7 } from '../../src/security/uuid-v7';
import type { BatchReport } from '../../src/ledger/batch-report';
import { queueChosen } from '../../src/ledger/queue-chosen';
import { Barrier, holdOpen, until } from '../support/barrier';
import { ledgerOfThisFile } from '../support/ledger-builders';
import { ScriptedMeta, refusedWith, taken } from '../support/scripted-meta';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

async function campaignOf(count: number, ratePerSecond = 300) {
  const ledger = ledgerOf();
  return ledger.addChosen(await ledger.addPage({}, ratePerSecond), count);
}

describe('A batch', () => {
  it('reports what its people came to', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(6);
    const answers = [taken(), refusedWith(2_300_004), { kind: 'unknown', reason: 'timeout' } as const, taken()];
    ledger.meta.says((_begun, nth) => answers[nth - 1] ?? refusedWith(2_300_035, 60));
    expect(await ledger.runner().run(campaign, 500)).toEqual({
      claimed: 6,
      held: 0,
      refused: 0,
      accepted: 2,
      failed: 1,
      unknown: 1,
      isProbe: false,
      effect: null,
    });
    expect(await ledger.counts(campaign)).toEqual({ accepted: 2, failed: 1, unknown: 1, held: 2 });
  });

  it('has at most sixty-four messages in flight', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(100);
    const gate = new Barrier();
    ledger.meta.says(async () => {
      await gate.pass();
      return taken();
    });
    const run = ledger.runner().run(campaign, 500);
    await until(() => gate.waiting === 64);
    expect(await ledger.counts(campaign)).toEqual({ sending: 64, claimed: 36 });
    gate.release();
    expect(await run).toMatchObject({ accepted: 100 });
  });

  it('keeps to the rate of its Page', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(30, 20);
    const startedMs = performance.now();
    expect(await ledger.runner().run(campaign, 500)).toMatchObject({ accepted: 30 });
    expect(performance.now() - startedMs).toBeGreaterThan(450);
  });

  it('closes when nothing of it is claimed any more', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(3);
    await ledger.runner().run(campaign, 2);
    const [batch] = await ledger.owner.query<{ state: string }[]>('SELECT state FROM batches WHERE campaign_id = $1', [
      campaign.campaignId,
    ]);
    expect(batch?.state).toBe('closed');
    expect(await ledger.claim(campaign)).toMatchObject({ claimed: 1 });
  });

  it('puts back what is left when Meta names the campaign, and claims anew afterwards', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(100);
    ledger.meta.says((_begun, nth) => (nth === 3 ? refusedWith(2_300_012) : taken()));
    expect(await ledger.runner().run(campaign, 500)).toMatchObject({
      accepted: 63,
      effect: { kind: 'not_ready', code: 2_300_012 },
    });
    expect(await ledger.counts(campaign)).toEqual({ accepted: 63, queued: 37 });
    ledger.meta.says();
    await ledger.advance(5 * 60_000);
    expect(await ledger.runner().run(campaign, 500)).toMatchObject({ claimed: 37, accepted: 37 });
    expect(ledger.meta.arrivals).toHaveLength(101);
  });

  it('sends three hundred contents of three hundred people, each their own', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 300);
    const campaign = await ledger.addCampaign(pageOf());
    const recipients = people.map((subscriberId) => ({ subscriberId, content: { text: `Hello ${subscriberId}` } }));
    const call = { ...campaign, choiceId: uuidV7(), defaultContent: null, recipients };
    await ledger.asApi((manager) => queueChosen(manager, ledger.keys, call));
    const sent = new Map<string, unknown>();
    ledger.meta.says(({ row, content }) => {
      sent.set(row.subscriberId, content?.['text']);
      return taken();
    });
    expect(await ledger.runner().run(campaign, 500)).toMatchObject({ accepted: 300 });
    expect([...sent].every(([person, text]) => text === `Hello ${person}`)).toBe(true);
  }, 30_000);

  it('tries to settle an answer again when the database refuses it once', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(2);
    ledger.meta.says(async (_begun, nth) => {
      if (nth === 1) {
        await ledger.owner.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND usename = 'herald_worker'`,
        );
      }
      return taken();
    });
    expect(await ledger.runner().run(campaign, 500)).toMatchObject({ accepted: 2 });
    expect(await ledger.counts(campaign)).toEqual({ accepted: 2 });
  }, 30_000);

  describe('of a Page whose lease is no limit', () => {
    const openBatches = async (campaignId: string): Promise<number> => {
      const sql = `SELECT FROM batches WHERE campaign_id = $1 AND state = 'open'`;
      return (await ledgerOf().owner.query<unknown[]>(sql, [campaignId])).length;
    };

    it('begins one slice behind the one that is on its way, and no more', async () => {
      const ledger = ledgerOf();
      const { campaign } = await campaignOf(250, 10_000);
      const gate = ledger.meta.takesAtOnce(64);
      const run = ledger.runner().run(campaign, 500);
      await until(async () => (await ledger.counts(campaign)).sending === 128);
      expect(await ledger.counts(campaign)).toEqual({ accepted: 64, sending: 128, claimed: 58 });
      expect(gate.waiting).toBe(64);
      gate.release();
      expect(await run).toMatchObject({ claimed: 250, accepted: 250 });
      expect(await ledger.counts(campaign)).toEqual({ accepted: 250 });
    });

    it('begins nothing behind a slice while Meta is slow', async () => {
      const ledger = ledgerOf();
      const { campaign } = await campaignOf(150, 10_000);
      const gate = new Barrier();
      let slow: Promise<void> | undefined;
      ledger.meta.says(async (_begun, nth) => {
        slow ??= new Promise((resolve) => setTimeout(resolve, 2_000));
        await (nth > 64 ? gate.pass() : slow);
        return taken();
      });
      const run = ledger.runner().run(campaign, 500);
      await until(() => gate.waiting === 64);
      expect(await ledger.counts(campaign)).toEqual({ accepted: 64, sending: 64, claimed: 22 });
      gate.release();
      expect(await run).toMatchObject({ accepted: 150 });
    });

    it('is followed by the next one while its last slice is answered', async () => {
      const ledger = ledgerOf();
      const { campaign } = await campaignOf(200, 10_000);
      const gate = ledger.meta.takesAtOnce(64);
      const run = ledger.runner().run(campaign, 100, () => Promise.resolve(true));
      await until(async () => (await ledger.counts(campaign)).sending === 100);
      expect(await ledger.counts(campaign)).toEqual({ accepted: 64, sending: 100, claimed: 36 });
      expect(await openBatches(campaign.campaignId)).toBe(1);
      gate.release();
      expect(await run).toMatchObject({ claimed: 200, accepted: 200 });
      expect(await ledger.counts(campaign)).toEqual({ accepted: 200 });
      expect(await openBatches(campaign.campaignId)).toBe(0);
    });

    it('is followed by no begin while something that was begun has not left, however small the batches', async () => {
      const ledger = ledgerOf();
      const { campaign } = await campaignOf(250, 10_000);
      const gate = ledger.meta.takesAtOnce(50);
      const run = ledger.runner().run(campaign, 50, () => Promise.resolve(true));
      await until(async () => {
        const { sending, claimed } = await ledger.counts(campaign);
        return sending === 100 && claimed === 50;
      });
      expect(gate.waiting).toBe(64);
      expect(await ledger.counts(campaign)).toEqual({ accepted: 50, sending: 100, claimed: 50, queued: 50 });
      gate.release();
      expect(await run).toMatchObject({ claimed: 250, accepted: 250 });
    });

    describe('when the database refuses the third begin', () => {
      const refused = 47_111;

      beforeEach(async () => {
        await ledgerOf().owner.query(`
          CREATE SEQUENCE begins;
          CREATE FUNCTION refuse_third() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN
              IF nextval('public.begins') = 3 THEN
                PERFORM pg_advisory_xact_lock(${refused});
                RAISE EXCEPTION 'The third is refused.';
              END IF;
              RETURN NEW;
            END $$;
          CREATE TRIGGER refuse_third BEFORE UPDATE ON page_rates FOR EACH ROW EXECUTE FUNCTION refuse_third()`);
      });
      afterEach(() => ledgerOf().owner.query('DROP FUNCTION refuse_third CASCADE; DROP SEQUENCE begins'));

      const begins = async (): Promise<number> => {
        const [row] = await ledgerOf().owner.query<{ last_value: number }[]>('SELECT last_value FROM begins');
        return row?.last_value ?? 0;
      };

      it('settles first and begins anew, while a slice is on its way', async () => {
        const ledger = ledgerOf();
        const { campaign } = await campaignOf(200, 10_000);
        const gate = ledger.meta.takesAtOnce(64);
        const run = ledger.runner().run(campaign, 500);
        await until(async () => (await ledger.counts(campaign)).sending === 128);
        gate.release();
        expect(await run).toMatchObject({ accepted: 200 });
        expect(ledger.meta.arrivals).toHaveLength(200);
      });

      it('begins nothing behind a refusal that has come meanwhile', async () => {
        const ledger = ledgerOf();
        const { campaign } = await campaignOf(250, 10_000);
        const gate = ledger.meta.takesAtOnce(64, 70);
        const held = await holdOpen(ledger.owner, (manager) =>
          manager.query('SELECT pg_advisory_xact_lock($1)', [refused]),
        );
        const run = ledger.runner().run(campaign, 500);
        await until(async () => gate.waiting === 64 && (await begins()) === 3);
        gate.release();
        await held.commit();
        expect(await run).toMatchObject({ accepted: 127, effect: { kind: 'pause', reason: 'payment' } });
        expect(await ledger.counts(campaign)).toEqual({ accepted: 127, queued: 123 });
        expect(ledger.meta.arrivals).toHaveLength(128);
      });
    });

    it('loses no answer to a claim that fails', async () => {
      const ledger = ledgerOf();
      const { campaign } = await campaignOf(200, 10_000);
      const gate = ledger.meta.takesAtOnce(64);
      const run = ledger.runner().run(campaign, 100, async () => {
        await ledger.owner.query('REVOKE INSERT ON batches FROM herald_worker');
        return true;
      });
      const failed = expect(run).rejects.toThrow('permission denied');
      await until(async () => (await openBatches(campaign.campaignId)) === 0);
      gate.release();
      await failed;
      await ledger.owner.query('GRANT INSERT ON batches TO herald_worker');
      expect(await ledger.counts(campaign)).toEqual({ accepted: 100, queued: 100 });
    });

    it('puts back what it has not begun when Meta names the account, and settles what is on its way', async () => {
      const ledger = ledgerOf();
      const { campaign } = await campaignOf(250, 10_000);
      const gate = ledger.meta.takesAtOnce(64, 70);
      const run = ledger.runner().run(campaign, 500);
      await until(async () => (await ledger.counts(campaign)).sending === 128);
      gate.release();
      expect(await run).toMatchObject({ accepted: 191, effect: { kind: 'pause', reason: 'payment' } });
      expect(await ledger.counts(campaign)).toEqual({ accepted: 191, queued: 59 });
    });

    it('tells of a block together with the answers that were on their way', async () => {
      const ledger = ledgerOf();
      const { campaign } = await campaignOf(300, 10_000);
      const [second, third] = [new Barrier(), new Barrier()];
      ledger.meta.says(async (_begun, nth) => {
        if (nth > 64) await (nth > 128 ? third : second).pass();
        return taken();
      });
      const reports: BatchReport[] = [];
      const run = ledger.runner().run(campaign, 500, (report) => {
        reports.push(report);
        return Promise.resolve(report.effect === null);
      });
      await until(async () => (await ledger.counts(campaign)).sending === 128);
      const blockedUntil = new Date(ledger.nowMs + 60_000);
      const block = 'UPDATE page_rates SET blocked_until = $2 WHERE page_id = $1';
      await ledger.owner.query(block, [campaign.pageId, blockedUntil]);
      second.release();
      await until(async () => (await ledger.counts(campaign)).queued === 108);
      third.release();
      expect(await run).toMatchObject({ accepted: 192, effect: { kind: 'pacing' } });
      expect(reports[0]).toMatchObject({ accepted: 192, effect: { kind: 'pacing' } });
      expect(reports.slice(1).map(({ accepted }) => accepted)).toEqual([0]);
    });
  });

  it('of a probe says so', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(3);
    await ledger.owner.query(`UPDATE campaigns SET state = 'populating' WHERE id = $1`, [campaign.campaignId]);
    expect(await ledger.runner(new ScriptedMeta()).run(campaign, 1)).toMatchObject({ accepted: 1, isProbe: true });
    expect(await ledger.counts(campaign)).toEqual({ accepted: 1, queued: 2 });
  });
});
