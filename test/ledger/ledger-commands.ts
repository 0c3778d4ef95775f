import { expect } from '@jest/globals';
import fc from 'fast-check';
import { ModelStep } from '../support/model-runs';
import type { LedgerModel, ModelAnswer, ModelEvent } from './ledger-model';
import type { Held, InFlight, LedgerWorld } from './ledger-world';

type Command = fc.AsyncCommand<LedgerModel, LedgerWorld>;

class Step extends ModelStep<LedgerModel, LedgerWorld> {}

const CAMPAIGNS = 2;
const PEOPLE = 5;
const HOUR = 3_600_000;

/** How many campaigns and people a run has. */
export const SIZE = { campaigns: CAMPAIGNS, people: PEOPLE } as const;

const campaign = fc.nat({ max: CAMPAIGNS - 1 });
const person = fc.nat({ max: PEOPLE - 1 });
const few = fc.integer({ min: 1, max: 4 });

const choose = fc.tuple(campaign, fc.uniqueArray(person, { minLength: 1 })).map(
  ([of, people]) =>
    new Step(
      `choose ${people.join(',')} for ${of}`,
      async (model, world) => {
        expect(await world.choose(of, people)).toBe(model.choose(of, people));
      },
      (model) => model.campaign(of).state !== 'stopped',
    ),
);

async function doClaim(model: LedgerModel, world: LedgerWorld, of: number, atMost: number): Promise<void> {
  const batch = await world.claim(of, atMost);
  model.claim(of, atMost);
  const { batch: expected } = model.campaign(of);
  expect(batch?.fence).toBe(expected?.fence);
  world.take(of, batch === null || expected === null ? null : { batch, model: expected, fence: expected.fence });
}

/** Only the batch of an audience is added to, by whoever holds it or believes to. */
async function doClaimAhead(
  model: LedgerModel,
  world: LedgerWorld,
  of: number,
  held: Held | null | undefined = world.held[of],
): Promise<void> {
  if (held?.batch.kind !== 'audience') return;
  const left = model.sends.filter((send) => held.model.sends.has(send) && send.state === 'claimed').length;
  await world.claimAhead(of, held, left);
  model.claimAhead(of, held.model, held.fence);
}

async function doBegin(
  model: LedgerModel,
  world: LedgerWorld,
  of: number,
  atMost: number,
  held: Held | null | undefined = world.held[of],
): Promise<void> {
  if (held === null || held === undefined) return;
  const rows = await world.begin(of, held, atMost);
  const begun = model.begin(of, held.model, held.fence, atMost);
  expect(rows.map((row) => world.people.indexOf(row.subscriberId)).sort()).toEqual(
    begun.map((send) => send.person).sort(),
  );
  for (const row of rows) {
    const send = begun.find((one) => world.people[one.person] === row.subscriberId);
    if (send !== undefined) world.inFlight.push({ row, send, attempt: send.attempt, handle: held });
  }
}

async function doSettle(model: LedgerModel, world: LedgerWorld, flight: InFlight, answer: ModelAnswer): Promise<void> {
  await world.settle(flight, answer);
  model.settle(flight.send, flight.attempt, flight.handle.model, answer);
}

const claim = fc
  .tuple(campaign, few)
  .map(([of, atMost]) => new Step(`claim ${atMost} of ${of}`, (model, world) => doClaim(model, world, of, atMost)));

const begin = fc
  .tuple(campaign, few)
  .map(([of, atMost]) => new Step(`begin ${atMost} of ${of}`, (model, world) => doBegin(model, world, of, atMost)));

const claimAhead = campaign.map(
  (of) => new Step(`claim ahead for ${of}`, (model, world) => doClaimAhead(model, world, of)),
);

/** An audience as it goes where Meta is fast: more is claimed while the first of it leave. */
const claimBeginAndAdd = fc.tuple(campaign, few, few).map(
  ([of, claimed, begun]) =>
    new Step(`claim ${claimed} of ${of}, begin ${begun} and claim ahead`, async (model, world) => {
      await doClaim(model, world, of, claimed);
      await doBegin(model, world, of, begun);
      await world.expectLike(model);
      await doClaimAhead(model, world, of);
    }),
);

const claimAndBegin = fc.tuple(campaign, few, few).map(
  ([of, claimed, begun]) =>
    new Step(`claim ${claimed} and begin ${begun} of ${of}`, async (model, world) => {
      await doClaim(model, world, of, claimed);
      await world.expectLike(model);
      await doBegin(model, world, of, begun);
    }),
);

const answers: ModelAnswer[] = ['accepted', 'accepted', 'accepted', 'dead', 'wait', 'pacing', 'lost', 'not_sent'];

/** A batch as it goes when nothing comes between. */
const draw = fc.tuple(campaign, few, fc.array(fc.constantFrom(...answers), { maxLength: 4 })).map(
  ([of, atMost, given]) =>
    new Step(`draw ${atMost} of ${of}: ${given.join(', ')}`, async (model, world) => {
      await doClaim(model, world, of, atMost);
      await doBegin(model, world, of, atMost);
      for (const answer of given) {
        const flight = world.inFlight.shift();
        if (flight !== undefined) await doSettle(model, world, flight, answer);
      }
    }),
);

/** `again`: the answer stays in somebody's hands and may come a second time. */
const settle = fc.tuple(fc.nat(), fc.constantFrom(...answers), fc.boolean()).map(
  ([which, answer, again]) =>
    new Step(`settle ${which} as ${answer}${again ? ', kept' : ''}`, async (model, world) => {
      const index = which % Math.max(1, world.inFlight.length);
      const flight = world.inFlight[index];
      if (flight === undefined) return;
      await doSettle(model, world, flight, answer);
      if (!again) world.inFlight.splice(index, 1);
    }),
);

async function doFinish(
  model: LedgerModel,
  world: LedgerWorld,
  of: number,
  held: Held | null | undefined,
): Promise<void> {
  if (held === null || held === undefined) return;
  await world.finish(of, held);
  model.finish(of, held.model, held.fence);
}

const finish = campaign.map(
  (of) => new Step(`finish ${of}`, (model, world) => doFinish(model, world, of, world.held[of])),
);

/** Processes that only sleep wake up later, holding what they held. */
const crash = fc.constantFrom('asleep', 'dead', 'dead, answers lost').map(
  (how) =>
    new Step(`crash: ${how}`, (_model, world) => {
      world.letGo(how === 'asleep');
      if (how === 'dead, answers lost') world.inFlight.length = 0;
      return Promise.resolve();
    }),
);

/** An attempt whose batch somebody else has taken over goes on as if nothing had happened. */
const zombie = fc.tuple(campaign, fc.nat(), few, fc.constantFrom('begins', 'gives up', 'claims ahead')).map(
  ([of, which, atMost, does]) =>
    new Step(`zombie ${which} of ${of} ${does}${does === 'begins' ? ` ${atMost}` : ''}`, async (model, world) => {
      const older = world.older[of] ?? [];
      const held = older[which % Math.max(1, older.length)] ?? null;
      if (does === 'begins') await doBegin(model, world, of, atMost, held);
      else if (does === 'gives up') await doFinish(model, world, of, held);
      else await doClaimAhead(model, world, of, held);
    }),
);

/** Two attempts of one activity: the second takes the batch over, the first comes to its begin. */
const takeOver = fc.tuple(campaign, few, few).map(
  ([of, claimed, begun]) =>
    new Step(`claim ${claimed} of ${of}, take over, and the first begins ${begun}`, async (model, world) => {
      await doClaim(model, world, of, claimed);
      const first = world.held[of];
      await doClaim(model, world, of, claimed);
      await world.expectLike(model);
      await doBegin(model, world, of, begun, first ?? null);
    }),
);

/** Claims that nobody begins in two minutes of wall clock. */
const forget = fc.constant(
  new Step('claims grow old', async (model, world) => {
    await world.sweepOldClaims();
    model.sweepOldClaims();
  }),
);

const sweep = fc.constant(
  new Step('sweep', async (model, world) => {
    await world.sweep();
    model.sweep();
  }),
);

const events: ModelEvent[] = ['accepted', 'delivered', 'delivered', 'read', 'clicked', 'failed'];
const webhook = fc.tuple(fc.nat(), fc.array(fc.constantFrom(...events), { minLength: 1, maxLength: 3 })).map(
  ([which, reported]) =>
    new Step(`webhook ${which} ${reported.join(',')}`, async (model, world) => {
      const begun = model.sends.filter((send) => send.begunAtMs !== null);
      const send = begun[which % Math.max(1, begun.length)];
      if (send === undefined) return;
      await world.report(send, reported);
      for (const event of reported) model.report(send, event);
    }),
);

const optOut = person.map(
  (who) =>
    new Step(`opt out ${who}`, async (model, world) => {
      await world.optOut(who);
      model.optOut(who);
    }),
);

const optIn = person.map(
  (who) =>
    new Step(`opt in ${who}`, async (model, world) => {
      await world.optIn(who);
      model.person(who).granted = true;
    }),
);

const pause = campaign.map(
  (of) =>
    new Step(
      `pause ${of}`,
      async (model, world) => {
        await world.pause(of);
        model.pause(of);
      },
      (model) => model.campaign(of).state === 'active',
    ),
);

const resume = campaign.map(
  (of) =>
    new Step(
      `resume ${of}`,
      async (model, world) => {
        await world.resume(of);
        model.campaign(of).state = 'active';
      },
      (model) => model.campaign(of).state === 'paused',
    ),
);

const stop = campaign.map(
  (of) =>
    new Step(
      `stop ${of}`,
      async (model, world) => {
        await world.stop(of);
        model.stop(of);
      },
      (model) => model.campaign(of).state !== 'stopped',
    ),
);

const raise = campaign.map(
  (of) =>
    new Step(`raise ${of}`, async (model, world) => {
      await world.raise(of, 200);
      model.campaign(of).budget += 200;
    }),
);

const jump = fc.constantFrom(1_000, HOUR, 5 * HOUR, 12 * HOUR, 30 * HOUR).map(
  (ms) =>
    new Step(`clock +${ms / 1_000}s`, async (model, world) => {
      await world.advance(ms);
      model.advance(ms);
    }),
);

/** What may happen to a ledger, the usual more often than the rare. */
export const COMMANDS: fc.Arbitrary<Command>[] = [
  ...Array.from({ length: 5 }, () => choose),
  ...Array.from({ length: 3 }, () => claimAndBegin),
  ...Array.from({ length: 2 }, () => claimBeginAndAdd),
  ...Array.from({ length: 4 }, () => draw),
  ...Array.from({ length: 4 }, () => settle),
  ...Array.from({ length: 3 }, () => webhook),
  ...Array.from({ length: 3 }, () => jump),
  claim,
  claimAhead,
  begin,
  finish,
  ...Array.from({ length: 2 }, () => crash),
  ...Array.from({ length: 2 }, () => zombie),
  ...Array.from({ length: 2 }, () => takeOver),
  forget,
  sweep,
  optOut,
  optIn,
  pause,
  resume,
  resume,
  stop,
  raise,
];
