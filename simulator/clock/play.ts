import type { Person } from '../model/person';
import type { Send } from '../model/send';
import type { World } from '../model/world';
import { accept, optOut, write } from '../people/actions';
import { click, echo, meetOutcome, read } from '../people/message-life';
import { deliverPlain, readPlain } from '../people/thread-life';
import type { SimEvent } from './event';

type SendStep = (world: World, send: Send, person: Person, atMs: number) => void;

const SEND_STEPS = {
  echo,
  outcome: meetOutcome,
  read,
  click,
  plainDelivery: deliverPlain,
  plainRead: readPlain,
} satisfies Record<string, SendStep>;

/** Lets what is due happen, at the moment it was due. */
export function play(world: World, event: SimEvent): void {
  if (event.kind === 'post') {
    for (const delivery of event.deliveries) world.poster.post(delivery);
  } else if ('sendId' in event) {
    const send = world.sends.get(event.sendId);
    const person = send && world.people.get(send.personId);
    if (person) SEND_STEPS[event.kind](world, send, person, event.dueMs);
  } else {
    const person = world.people.get(event.personId);
    if (person) act(world, event.kind, person, event.dueMs);
  }
}

function act(world: World, deed: 'accept' | 'reply' | 'stop', person: Person, atMs: number): void {
  switch (deed) {
    case 'accept':
      accept(world, person, atMs);
      return;
    case 'reply':
      write(world, person, atMs, 'Thanks!');
      return;
    case 'stop':
      optOut(world, person, atMs);
  }
}
