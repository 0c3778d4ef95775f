import type { Person } from '../model/person';
import type { World } from '../model/world';
import { click, deliver } from './message-life';

/** The person taps a link of the newest paid message, which by then has reached them; false if there is none. */
export function clickLink(world: World, person: Person, atMs: number): boolean {
  const send = world.sends.newestPaidTo(person.id);
  if (!send || send.status === 'failed') return false;
  if (send.status === 'accepted') deliver(world, send, person, atMs);
  click(world, send, person, atMs);
  return true;
}
