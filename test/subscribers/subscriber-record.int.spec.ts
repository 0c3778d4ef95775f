import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WhileGranted } from '../../activities/subscriber.ports';
import { PostgresOptOuts } from '../../src/subscribers/lifecycle/finish-opt-out';
import { PostgresSubscriberRecord } from '../../src/subscribers/lifecycle/subscriber-record';
import { DAY_MS, HOUR_MS, START_MS, SubscriberWorld } from './world';

describe('The record of a person', () => {
  let world: SubscriberWorld;
  let record: PostgresSubscriberRecord;
  let person: string;

  beforeAll(async () => {
    world = await SubscriberWorld.create();
    record = new PostgresSubscriberRecord(world.dataSource, null);
  });
  beforeEach(async () => {
    person = await world.addPerson();
  });
  afterAll(() => world.end());

  const owe = (nextDueAtMs: number | null = null) =>
    world.sql(
      `INSERT INTO waits (owner_id, workspace_id, page_id, kind, wake_seq, next_due_at)
       VALUES ($1, $2, $3, 'subscriber', 1, $4)
       ON CONFLICT (owner_id) DO UPDATE SET wake_seq = waits.wake_seq + 1`,
      [person, world.workspaceId, world.pageId, nextDueAtMs === null ? null : new Date(nextDueAtMs)],
    );

  describe('When it is read', () => {
    it('holds what is owed, and says that the workflow is open', async () => {
      await owe(START_MS);
      const plan = await record.load(world.idsOf(person));
      expect(plan).toMatchObject({
        nowMs: START_MS,
        wakeSeq: 1,
        actedSeq: 0,
        markedDueAtMs: START_MS,
        consent: 'none',
      });
      expect(await world.row('subscribers', person)).toMatchObject({ workflow_open: true });
    });

    it('names an opt-out until what waited is cancelled, and the next one again', async () => {
      await world.personOptsOut(person, START_MS);
      expect(await record.load(world.idsOf(person))).toMatchObject({ consent: 'revoked', optOutOwed: true });
      await new PostgresOptOuts(world.dataSource).finish(world.idsOf(person));
      expect(await record.load(world.idsOf(person))).toMatchObject({ optOutOwed: false });
      await world.personOptsOut(person, START_MS + 1);
      expect(await record.load(world.idsOf(person))).toMatchObject({ optOutOwed: true });
    });

    it('names opt-ins that lie in the inbox, oldest first', async () => {
      const second = await world.personOptsIn(person, { atMs: START_MS + HOUR_MS, token: 'a' });
      const first = await world.personOptsIn(person, { atMs: START_MS, token: 'b' });
      expect((await record.load(world.idsOf(person)))?.optInsOwed).toEqual([first, second]);
    });

    it('is nothing for somebody who is gone, and forgets what was owed to them', async () => {
      await owe();
      await world.sql('DELETE FROM subscribers WHERE id = $1', [person]);
      expect(await record.load(world.idsOf(person))).toBeNull();
      expect(await world.waitOf(person)).toBeNull();
    });

    it('is nothing under another workspace', async () => {
      const ids = { ...world.idsOf(person), workspaceId: world.pageId };
      expect(await record.load(ids)).toBeNull();
    });
  });

  describe('When something was done', () => {
    it('keeps what was owed meanwhile', async () => {
      await owe();
      const plan = await record.load(world.idsOf(person));
      await owe();
      await record.markActed(world.idsOf(person), { actedSeq: plan?.wakeSeq ?? 0, nextDueAtMs: START_MS + DAY_MS });
      expect(await world.waitOf(person)).toEqual({
        wake_seq: 2,
        acted_seq: 1,
        next_due_at: new Date(START_MS + DAY_MS),
      });
    });

    it('never goes back', async () => {
      await owe();
      await owe();
      await record.markActed(world.idsOf(person), { actedSeq: 2, nextDueAtMs: null });
      await record.markActed(world.idsOf(person), { actedSeq: 1, nextDueAtMs: null });
      expect(await world.waitOf(person)).toMatchObject({ acted_seq: 2 });
    });
  });

  describe('When the workflow wants to end', () => {
    const close = (whileGranted: WhileGranted = 'stays') => record.close(world.idsOf(person), whileGranted);

    it('lets it where nothing is owed or due, and says that it is not open', async () => {
      await owe();
      await record.load(world.idsOf(person));
      await record.markActed(world.idsOf(person), { actedSeq: 1, nextDueAtMs: null });
      expect(await close()).toBe(true);
      expect(await world.row('subscribers', person)).toMatchObject({ workflow_open: false });
    });

    it('lets it once more when the answer got lost', async () => {
      expect(await close()).toBe(true);
      expect(await close()).toBe(true);
    });

    it('keeps it while something is owed', async () => {
      await owe();
      expect(await close()).toBe(false);
    });

    it('keeps it while something is due later', async () => {
      await owe();
      await record.markActed(world.idsOf(person), { actedSeq: 1, nextDueAtMs: START_MS + DAY_MS });
      expect(await close()).toBe(false);
    });

    it('keeps it while consent is granted', async () => {
      await world.sql(`UPDATE subscribers SET consent = 'granted' WHERE id = $1`, [person]);
      expect(await close()).toBe(false);
    });

    it('lets it while consent is granted where nothing happened for long', async () => {
      await world.sql(`UPDATE subscribers SET consent = 'granted' WHERE id = $1`, [person]);
      expect(await close('ends')).toBe(true);
      await owe();
      expect(await close('ends')).toBe(false);
    });
  });
});
