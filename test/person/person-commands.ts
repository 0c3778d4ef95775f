import { expect } from '@jest/globals';
import fc from 'fast-check';
import { message, optIn, status, stop } from '../inbox/meta-events';
import { ModelStep } from '../support/model-runs';
import type { ModelOptIn, PersonModel } from './person-model';
import type { PersonWorld } from './person-world';

class Step extends ModelStep<PersonModel, PersonWorld> {}

const SECOND = 1_000;
const HOUR = 3_600_000;

/** Events are older than their arrival by one of these, so that many come late and some at one moment. */
const age = fc.constantFrom(0, 0, SECOND, 2 * SECOND, HOUR, 5 * HOUR);
const topic = fc.nat({ max: 1 });
const campaign = fc.nat({ max: 1 });
const token = fc.constantFrom('token-a', 'token-b');

let events = 0;

/** Makes an event another than all before it, as Meta's own differ by more than tests say. */
function another(event: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const nth = events++;
  return typeof event['value'] === 'object' ? { ...event, value: { ...event['value'], nth } } : { ...event, nth };
}

const writes = fc.tuple(age, fc.boolean()).map(
  ([ageMs, stops]) =>
    new Step(`${stops ? 'stops by word' : 'writes'}, ${ageMs} ms ago`, async (model, world) => {
      const atMs = model.nowMs - ageMs;
      await world.bring(message(world.place.psid, atMs, stops ? 'Stop' : 'Hello'));
      model.pending.push({ kind: 'wrote', atMs });
      if (stops) model.optOut(atMs, 'word');
    }),
);

const optsIn = fc.tuple(age, topic, token).map(
  ([ageMs, of, by]) =>
    new Step(`opts in to ${of} by ${by}, ${ageMs} ms ago`, async (model, world) => {
      const atMs = model.nowMs - ageMs;
      await world.bring(another(optIn(world.place.psid, by, atMs, { payload: `topic-${of}` })));
      const told: ModelOptIn = { atMs, topic: of, token: by, inboxId: await world.newestInboxId() };
      model.pending.push({ kind: 'opted_in', optIn: told });
    }),
);

const leaves = fc.tuple(age, fc.constantFrom('notice', 'api', 'import')).map(
  ([ageMs, by]) =>
    new Step(`leaves by ${by}, ${ageMs} ms ago`, async (model, world) => {
      const atMs = by === 'api' ? model.nowMs : model.nowMs - ageMs;
      if (by === 'notice') await world.bring(another(stop(world.place.psid, 'token-a', atMs)));
      else if (by === 'api') await world.optOutByApi();
      else await world.optOutByImport(atMs);
      model.optOut(atMs, by === 'api' ? 'api' : 'notice');
    }),
);

const again = fc.nat().map(
  (which) =>
    new Step(`webhook ${which} comes again`, async (_model, world) => {
      const event = world.brought[which % Math.max(1, world.brought.length)];
      if (event !== undefined) await world.bringAgain(event);
    }),
);

const drain = fc.constant(
  new Step('drain', async (model, world) => {
    await world.drain();
    model.drain();
  }),
);

const drainAndDie = fc.constant(new Step('the drainer dies', (_model, world) => world.drainAndDie()));

/** In whatever order the workflow comes to it, and a second time. */
const store = fc.tuple(fc.nat(), fc.boolean()).map(
  ([which, twice]) =>
    new Step(`store ${which}${twice ? ', twice' : ''}`, async (model, world) => {
      const told = model.toStore[which % Math.max(1, model.toStore.length)];
      if (told === undefined) return;
      await world.store(told.inboxId);
      if (twice) await world.store(told.inboxId);
      model.store(told);
    }),
);

const finishOptOut = fc.constant(
  new Step('clears up after an opt-out', async (model, world) => {
    await world.finishOptOut();
    model.finishOptOut();
  }),
);

const request = fc.tuple(topic, fc.boolean()).map(
  ([of, waits]) =>
    new Step(`is to be asked for ${of}${waits ? ', may wait' : ''}`, async (model, world) => {
      await world.request(of, waits);
      model.request(of, waits);
    }),
);

const ask = fc.tuple(fc.nat(), fc.boolean()).map(
  ([which, isAnswered]) =>
    new Step(`asks ${which}${isAnswered ? '' : ', answer under way'}`, async (model, world) => {
      const place = which % Math.max(1, model.requests.length);
      const asked = model.requests[place];
      if (asked?.state !== 'waiting') return;
      expect(await world.ask(place)).toBe(model.ask(asked));
      if (!isAnswered) return;
      await world.answerAsked(place);
      model.asked(asked);
    }),
);

const answerComes = fc.nat().map(
  (which) =>
    new Step(`the answer to question ${which} comes`, async (model, world) => {
      const place = which % Math.max(1, model.requests.length);
      const asked = model.requests[place];
      if (asked === undefined) return;
      await world.answerAsked(place);
      model.asked(asked);
    }),
);

const choose = campaign.map(
  (of) =>
    new Step(`is chosen for ${of}`, async (model, world) => {
      await world.choose(of);
      model.choose(of);
    }),
);

const draw = fc.tuple(campaign, fc.constantFrom('accepted', 'accepted', 'accepted', 'left' as const)).map(
  ([of, answer]) =>
    new Step(`${of} sends: ${answer}`, async (model, world) => {
      const said = answer === 'left' ? 'left' : 'accepted';
      expect(await world.draw(of, said)).toBe(model.draw(of, said));
    }),
);

const delivered = campaign.map(
  (of) =>
    new Step(`${of} is delivered`, async (model, world) => {
      if (model.sends[of]?.state !== 'accepted' || model.token === null) return;
      const { metaCampaignId } = world.place.campaigns[of] ?? { metaCampaignId: '' };
      const ids = { token: model.token, campaign: metaCampaignId };
      await world.bring(another(status('deliveries', world.place.metaPageId, ids, model.nowMs)));
      model.pending.push({ kind: 'delivered', campaign: of });
    }),
);

const order = fc.tuple(fc.constantFrom('A', 'B'), fc.constantFrom('PAID', 'SHIPPED'), age).map(
  ([id, reached, ageMs]) =>
    new Step(`order ${id} is ${reached}, ${ageMs} ms ago`, async (model, world) => {
      const atMs = model.nowMs - ageMs;
      expect(await world.order(id, reached, atMs)).toBe(model.order(id, reached, atMs));
    }),
);

const jump = fc.constantFrom(SECOND, HOUR, 12 * HOUR, 8 * 24 * HOUR).map(
  (ms) =>
    new Step(`clock +${ms / SECOND}s`, async (model, world) => {
      await world.place.ledger.advance(ms);
      model.nowMs += ms;
    }),
);

/** A life goes on by the usual more often than by the rare. */
export const COMMANDS: fc.Arbitrary<fc.AsyncCommand<PersonModel, PersonWorld>>[] = [
  ...Array.from({ length: 2 }, () => writes),
  ...Array.from({ length: 4 }, () => optsIn),
  ...Array.from({ length: 4 }, () => drain),
  ...Array.from({ length: 4 }, () => store),
  ...Array.from({ length: 2 }, () => leaves),
  ...Array.from({ length: 2 }, () => choose),
  ...Array.from({ length: 3 }, () => draw),
  ...Array.from({ length: 2 }, () => request),
  ...Array.from({ length: 2 }, () => ask),
  ...Array.from({ length: 2 }, () => jump),
  again,
  drainAndDie,
  finishOptOut,
  answerComes,
  delivered,
  order,
];
