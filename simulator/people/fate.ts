import { chance } from '../model/chance';
import { MINUTE_MS, SECOND_MS } from '../model/periods';
import type { Behaviour, Person } from '../model/person';
import type { World } from '../model/world';

type Deed = keyof Omit<Behaviour, 'seed'>;

/** Whether a person does something this time; the same again for the same seed, person and `turn`. */
export function does(world: World, person: Person, deed: Deed, rate: number, turn: string | number): boolean {
  return chance(world.seed, person.behaviour?.seed ?? 0, person.id, deed, turn) < rate;
}

/** How likely a person does something: their own rate, or else the usual one. */
export function rateOf(person: Person, deed: Deed, usual: number): number {
  return person.behaviour?.[deed] ?? usual;
}

const REACTION_MS: Record<Deed, readonly [least: number, most: number]> = {
  accept: [5 * SECOND_MS, 60 * SECOND_MS],
  read: [30 * SECOND_MS, 12 * MINUTE_MS],
  click: [5 * SECOND_MS, 4 * MINUTE_MS],
  reply: [10 * SECOND_MS, 5 * MINUTE_MS],
  stop: [5 * SECOND_MS, 2 * MINUTE_MS],
};

/** How long a person takes to do it, milliseconds of business time. */
export function reactionMs(world: World, person: Person, deed: Deed, turn: string | number): number {
  const [least, most] = REACTION_MS[deed];
  return Math.round(least + (most - least) * chance(world.seed, 'pace', person.id, deed, turn));
}
