import type { Person } from '../model/person';
import type { GraphAnswer, GraphCall } from './call';
import { badParameter, GraphError } from './graph-error';
import { askForOptIn, optInPayloadOf } from './opt-in-request';
import { sendOrdinary } from './ordinary-send';
import { isObject } from './params';
import { requirePageToken, requirePermission } from './permissions';

const BLOCKED = { subcode: 1545041 };
const RESTRICTED = { subcode: 1893063 };

/** `POST /<PAGE>/messages`: an ordinary message or an opt-in request to one person. */
export function messagePerson(call: GraphCall): GraphAnswer {
  requirePageToken(call);
  requirePermission(call, 'pages_messaging');
  if (call.access.page.isRestricted === true) throw new GraphError(10, RESTRICTED);
  const person = recipientOf(call);
  if (call.params.text('sender_action')) return { recipient_id: person.psid };
  const message = call.params.object('message');
  if (!message) throw badParameter('The parameter message is required.');
  const payload = optInPayloadOf(message);
  const mid = payload ? askForOptIn(call, person, payload) : sendOrdinary(call, person, message);
  return { recipient_id: person.psid, message_id: mid };
}

function recipientOf(call: GraphCall): Person {
  const recipient = call.params.object('recipient');
  const id = isObject(recipient) ? recipient['id'] : undefined;
  if (id === undefined) throw badParameter('The parameter recipient is required.');
  const { world, access } = call;
  const person = world.people.ofPsid(access.page.id, typeof id === 'number' ? String(id) : (id as string));
  if (!person) throw badParameter('No matching user found', 2018001);
  if (person.blocked) throw new GraphError(551, BLOCKED);
  return person;
}
