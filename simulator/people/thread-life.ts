import { chance } from '../model/chance';
import { MINUTE_MS, SECOND_MS } from '../model/periods';
import type { Person } from '../model/person';
import type { Send } from '../model/send';
import type { World } from '../model/world';
import { emitFromPerson } from '../webhooks/messaging-events';

/** After an ordinary message was taken: it reached the device. */
export const PLAIN_DELIVERY_AFTER_MS = SECOND_MS;

const PLAIN_READ_AFTER_MS = MINUTE_MS;

/** An ordinary message reached the device. */
export function deliverPlain(world: World, send: Send, person: Person, atMs: number): void {
  move(world, send, 'delivered');
  emitFromPerson(world, person, atMs, 'message_deliveries', { delivery: { mids: [send.mid], watermark: atMs } });
  const rate = person.behaviour?.read ?? world.settingsOf(send.pageId).readRate;
  if (chance(world.seed, 'plain', person.id, send.mid) >= rate) return;
  world.queue.plan(atMs + PLAIN_READ_AFTER_MS, { kind: 'plainRead', sendId: send.id });
}

export function readPlain(world: World, send: Send, person: Person, atMs: number): void {
  move(world, send, 'read');
  emitFromPerson(world, person, atMs, 'message_reads', { read: { watermark: atMs } });
}

function move(world: World, send: Send, status: 'delivered' | 'read'): void {
  send.status = status;
  world.sends.put(send);
}
