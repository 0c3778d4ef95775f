import { describe, expect, it } from '@jest/globals';
import { applyOptOuts } from '../../src/consent/apply-opt-outs';
import { loadPeople, lockPeople } from '../../src/ledger/people';
import { lockPeopleAndSends } from '../../src/ledger/send-row';
import { inTransaction, repeatedTransactions, rows } from '../../src/persistence/database';
import { createWorkspace } from '../../src/workspaces/workspace-admin';
import { Barrier, holdOpen, someoneWaits } from '../support/barrier';
import { at, ledgerOfThisFile } from '../support/ledger-builders';
import { meetingOf } from './meeting';
import { compareAndSet, lockAsNamed, lockSendThenPerson, lockWithJoin, revokeAcrossTenants } from './naive/locks';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

const DEADLOCK = { driverError: { code: '40P01' } };

describe('A claim beside a webhook of the same person (protocol §1.1)', () => {
  const writesToUs = (id: string) =>
    holdOpen(ledgerOf().worker, (manager) =>
      rows(manager, 'UPDATE subscribers SET window_until = now(), rev = rev + 1 WHERE id = $1', [id]),
    );

  it('waits for it and loses nobody', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 3);
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.choose(campaign, people);
    const webhook = await writesToUs(at(people, 1));
    const claim = ledger.claim(campaign);
    await someoneWaits(ledger.owner);
    await webhook.commit();
    expect(await claim).toMatchObject({ claimed: 3 });
  });

  it('would lose the person by comparing versions', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const webhook = await writesToUs(person);
    const naive = ledger.asWorker((manager) => compareAndSet(manager, person, 0));
    await someoneWaits(ledger.owner);
    await webhook.commit();
    expect(await naive).toBe('lost');
  });
});

describe('What is loaded about a person (protocol §1.2)', () => {
  const endsTheirToken = (id: string) =>
    holdOpen(ledgerOf().worker, async (manager) => {
      await rows(manager, 'UPDATE subscribers SET rev = rev + 1 WHERE id = $1', [id]);
      await rows(manager, `UPDATE subscriber_tokens SET state = 'ended' WHERE subscriber_id = $1`, [id]);
    });

  it('is as new as the lock', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const change = await endsTheirToken(person);
    const loaded = ledger.asWorker(async (manager) => {
      await lockPeople(manager, ledger.workspaceId, [person]);
      return (await loadPeople(manager, ledger.workspaceId, [person])).get(person);
    });
    await someoneWaits(ledger.owner);
    await change.commit();
    expect((await loaded)?.token?.state).toBe('ended');
  });

  it('would be the new person with the old token, joined in the locking statement', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const change = await endsTheirToken(person);
    const naive = ledger.asWorker((manager) => lockWithJoin(manager, person));
    await someoneWaits(ledger.owner);
    await change.commit();
    expect(await naive).toEqual({ rev: 1, token_state: 'active' });
  });
});

describe('Two transactions over the same people (protocol §1.3)', () => {
  it('that name them in opposite orders queue up at the first, with nobody else in hand', async () => {
    const ledger = ledgerOf();
    const [first = '', second = ''] = await ledger.addPeople(pageOf(), 2);
    const holder = await holdOpen(ledger.worker, (manager) => lockPeople(manager, ledger.workspaceId, [first]));
    const both = [
      [first, second],
      [second, first],
    ].map((ids) => ledger.asWorker((manager) => lockPeople(manager, ledger.workspaceId, ids)));
    await someoneWaits(ledger.owner, 2);
    await rows(ledger.owner.manager, 'SELECT id FROM subscribers WHERE id = $1 FOR UPDATE NOWAIT', [second]);
    await holder.commit();
    await Promise.all(both);
  });

  it('would deadlock in the order of their names', async () => {
    const ledger = ledgerOf();
    const [first = '', second = ''] = await ledger.addPeople(pageOf(), 2);
    const meet = meetingOf(2);
    const naive = await Promise.allSettled(
      [
        [first, second],
        [second, first],
      ].map((ids) => ledger.worker.transaction((manager) => lockAsNamed(manager, ids, meet))),
    );
    const failed = naive.filter((one) => one.status === 'rejected').map(({ reason }) => reason as unknown);
    expect(failed).toMatchObject([DEADLOCK]);
  });

  it('that opt them out in opposite orders queue up too', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 2);
    const holder = await holdOpen(ledger.worker, (manager) => lockPeople(manager, ledger.workspaceId, [at(people, 0)]));
    const optOut = (ids: readonly string[]) =>
      ledger.asWorker((manager) =>
        applyOptOuts(
          manager,
          ids.map((subscriberId) => ({
            workspaceId: ledger.workspaceId,
            pageId: pageOf(),
            subscriberId,
            atMs: ledger.nowMs,
            source: 'api',
            tellMeta: false,
          })),
        ),
      );
    const both = [optOut(people), optOut([...people].reverse())];
    await someoneWaits(ledger.owner, 2);
    await rows(ledger.owner.manager, 'SELECT id FROM subscribers WHERE id = $1 FOR UPDATE NOWAIT', [at(people, 1)]);
    await holder.commit();
    await Promise.all(both);
  });

  it('take people before messages: one that took a message first would deadlock', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 1);
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.choose(campaign, people);
    const send = at(await ledger.sends(campaign), 0);
    const ours = await holdOpen(ledger.worker, (manager) => lockPeopleAndSends(manager, campaign, [send]));
    const other = ledger.asWorker((manager) => lockPeopleAndSends(manager, campaign, [send]));
    await someoneWaits(ledger.owner);
    await ours.commit();
    expect((await other).sends).toHaveLength(1);

    const meet = meetingOf(2);
    const naive = await Promise.allSettled([
      ledger.worker.transaction((manager) => lockSendThenPerson(manager, send, meet)),
      ledger.worker.transaction(async (manager) => {
        await lockPeople(manager, ledger.workspaceId, people);
        await meet();
        await lockPeopleAndSends(manager, campaign, [send]);
      }),
    ]);
    const failed = naive.filter((one) => one.status === 'rejected').map(({ reason }) => reason as unknown);
    expect(failed).toMatchObject([DEADLOCK]);
  });

  it('are repeated after a deadlock, and counted', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 2);
    const before = repeatedTransactions();
    const meet = meetingOf(2);
    const oneIsThrough = new Barrier();
    await Promise.all(
      [people, [...people].reverse()].map(async (ids) => {
        let attempts = 0;
        await inTransaction(ledger.worker, async (manager) => {
          attempts += 1;
          // A row that its victim let go is free to whoever comes first: the repetition could meet the other once more.
          if (attempts > 1) await oneIsThrough.pass();
          await lockAsNamed(manager, ids, meet);
        });
        oneIsThrough.release();
      }),
    );
    expect(repeatedTransactions() - before).toBe(1);
  });

  it('are given up after three repetitions', async () => {
    let attempts = 0;
    const failing = inTransaction(ledgerOf().worker, async (manager) => {
      attempts += 1;
      await rows(manager, `DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$`);
    });
    await expect(failing).rejects.toMatchObject({ driverError: { code: '40001' } });
    expect(attempts).toBe(4);
  });
});

describe('A commit with the events of two tenants (protocol §1.6)', () => {
  it('reaches both, and would reach one of them under row-level security, without an error', async () => {
    const ledger = ledgerOf();
    const other = await createWorkspace(ledger.owner, 'Borealis');
    const [ours = ''] = await ledger.addPeople(pageOf(), 1);
    const [theirs = ''] = await ledger.addPeople(pageOf(), 1, { workspaceId: other.id });
    const naive = await ledger.asApi((manager) => revokeAcrossTenants(manager, [ours, theirs]));
    expect(naive).toEqual([{ id: ours }]);

    const leave = (workspaceId: string, subscriberId: string) => ({
      workspaceId,
      pageId: pageOf(),
      subscriberId,
      atMs: ledger.nowMs,
      source: 'api',
      tellMeta: false,
    });
    const applied = await ledger.asWorker((manager) =>
      applyOptOuts(manager, [leave(ledger.workspaceId, ours), leave(other.id, theirs)]),
    );
    expect([...applied.keys()].sort()).toEqual([ours, theirs].sort());
  });

  it('that misses somebody is an error', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const stray = {
      workspaceId: person,
      pageId: pageOf(),
      subscriberId: person,
      atMs: 0,
      source: 'api',
      tellMeta: false,
    };
    await expect(ledger.asWorker((manager) => applyOptOuts(manager, [stray]))).rejects.toThrow('found no person');
  });
});
