import { createHash } from 'node:crypto';
import type { Person } from '../model/person';
import { stopSubscription } from '../people/actions';
import type { GraphAnswer, GraphCall } from './call';
import { badParameter } from './graph-error';
import { isObject } from './params';
import { requirePageToken, requirePermission } from './permissions';

type Row = Readonly<Record<string, unknown>>;

/** `POST /<PAGE>/messaging_customer_base/unsubscribe`: the business stops people; no webhook follows. */
export function unsubscribePeople(call: GraphCall): GraphAnswer {
  requirePageToken(call);
  requirePermission(call, 'pages_messaging');
  const data = call.params.json('data');
  if (!Array.isArray(data) || data.length === 0) throw badParameter('The parameter data must not be empty.');
  let invalid = 0;
  for (const row of data as readonly unknown[]) {
    const person = isObject(row) ? personOf(call, row) : undefined;
    if (person) stopSubscription(call.world, person, call.nowMs);
    else invalid += 1;
  }
  return { invalid_rows_count: invalid };
}

/** Whom a row names. A PSID and a token stand alone in their row; a row that names nobody is invalid. */
function personOf(call: GraphCall, row: Row): Person | undefined {
  const names = ['psid', 'subscriber_token', 'phone', 'email'].filter((name) => row[name] !== undefined);
  const isAlone = names.length === 1 || names.every((name) => name === 'phone' || name === 'email');
  if (!isAlone || names.some((name) => typeof row[name] !== 'string')) return undefined;
  const { world, access } = call;
  const { psid, subscriber_token: token, phone, email } = row as Record<string, string | undefined>;
  if (psid !== undefined) return world.people.ofPsid(access.page.id, psid);
  if (token !== undefined) return ofPage(world.people.ofToken(token), access.page.id);
  const contacts = [phone, email].filter((contact) => contact !== undefined);
  return contacts.map((contact) => ofContact(call, contact)).find((person) => person !== undefined);
}

function ofPage(person: Person | undefined, pageId: string): Person | undefined {
  return person?.pageId === pageId ? person : undefined;
}

/** A contact is given as it is or as its SHA-256. */
function ofContact(call: GraphCall, contact: string): Person | undefined {
  const { world, access } = call;
  const plain = world.people.ofContact(access.page.id, contact);
  if (plain || !/^[0-9a-f]{64}$/i.test(contact)) return plain;
  for (const person of world.people.all()) {
    const hashes = [person.email, person.phone?.replaceAll(/\D/g, '')].map((value) => value && sha256(value));
    if (person.pageId === access.page.id && hashes.includes(contact.toLowerCase())) return person;
  }
  return undefined;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
