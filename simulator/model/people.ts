import type { JournalSource } from '../store/table';
import { Table } from '../store/table';
import type { Ids } from './ids';
import type { PeopleGroup } from './people-group';
import { WINDOW_MS } from './periods';
import type { Person, Subscription } from './person';
import { SubscriberOrder } from './subscriber-order';

/** Everyone, by id, PSID, token, e-mail and phone. */
export class People {
  readonly groups: Table<PeopleGroup>;
  /** Only people something happened to since they were created; the others follow from their group. */
  readonly touched: Table<Person>;
  private readonly byId = new Map<string, Person>();
  private readonly byPsid = new Map<string, Person>();
  private readonly byToken = new Map<string, Person>();
  private readonly byContact = new Map<string, Person>();
  private readonly orders = new Map<string, SubscriberOrder>();

  constructor(
    private readonly ids: Ids,
    onChange: () => void,
  ) {
    this.groups = new Table('peopleGroups', onChange);
    this.touched = new Table('people', onChange);
  }

  get sources(): JournalSource[] {
    return [this.groups, this.touched];
  }

  /** Creates a group's people; they need no row of their own until something happens to them. */
  add(group: PeopleGroup): Person[] {
    this.groups.put(group);
    return this.raise(group);
  }

  /** Rebuilds everyone from the replayed groups and rows. */
  resume(): void {
    for (const group of this.groups.values()) this.raise(group);
  }

  get(id: string): Person | undefined {
    return this.byId.get(id);
  }

  /** Finds someone by the simulator's id, their PSID or their token. */
  find(reference: string): Person | undefined {
    return this.byId.get(reference) ?? this.byPsid.get(reference) ?? this.byToken.get(reference);
  }

  ofPsid(pageId: string, psid: string): Person | undefined {
    const person = this.byPsid.get(psid);
    return person?.pageId === pageId ? person : undefined;
  }

  ofToken(token: string): Person | undefined {
    return this.byToken.get(token);
  }

  ofContact(pageId: string, contact: string): Person | undefined {
    return this.byContact.get(`${pageId}|${contact}`);
  }

  all(): MapIterator<Person> {
    return this.byId.values();
  }

  /** Says that a person was changed in place. */
  put(person: Person): void {
    this.touched.put(person);
  }

  /** Says that a person's subscription changed: their row moves to the end of the Page's list. */
  putSubscription(person: Person): void {
    this.put(person);
    this.orderOf(person.pageId).moveToEnd(person.id);
  }

  orderOf(pageId: string): SubscriberOrder {
    const order = this.orders.get(pageId) ?? new SubscriberOrder();
    this.orders.set(pageId, order);
    return order;
  }

  removeOfPage(pageId: string): void {
    for (const group of this.groups.values()) if (group.pageId === pageId) this.groups.delete(group.id);
    for (const person of this.byId.values()) if (person.pageId === pageId) this.remove(person);
    this.orders.delete(pageId);
  }

  private remove(person: Person): void {
    this.touched.delete(person.id);
    this.byId.delete(person.id);
    this.byPsid.delete(person.psid);
    this.byToken.delete(person.token);
    for (const contact of [person.email, person.phone]) this.byContact.delete(`${person.pageId}|${contact ?? ''}`);
  }

  private raise(group: PeopleGroup): Person[] {
    return Array.from({ length: group.count }, (_, index) => {
      const person = this.touched.get(`p${group.first + index}`) ?? this.personOf(group, index);
      this.index(person);
      return person;
    });
  }

  private index(person: Person): void {
    this.byId.set(person.id, person);
    this.byPsid.set(person.psid, person);
    this.byToken.set(person.token, person);
    for (const contact of [person.email, person.phone]) {
      if (contact !== undefined) this.byContact.set(`${person.pageId}|${contact}`, person);
    }
    if (person.subscription) this.orderOf(person.pageId).moveToEnd(person.id);
  }

  private personOf(group: PeopleGroup, index: number): Person {
    const n = group.first + index;
    const { pageId, audienceId, region, timeZone, behaviour, wroteMs } = group;
    return {
      id: `p${n}`,
      n,
      pageId,
      psid: this.ids.nth('psid', n),
      token: this.ids.nth('token', n),
      ...(audienceId !== undefined && { audienceId }),
      ...(region !== undefined && { region }),
      ...(timeZone !== undefined && { timeZone }),
      ...(group.email !== undefined && { email: numberedEmail(group.email, index) }),
      ...(group.phone !== undefined && { phone: numberedPhone(group.phone, index) }),
      ...(behaviour !== undefined && { behaviour }),
      ...(group.source !== undefined && { subscription: subscriptionOf(group.source, group.createdMs) }),
      ...(wroteMs !== undefined && { lastInboundMs: wroteMs, windowUntilMs: wroteMs + WINDOW_MS }),
      paidSends: 0,
      blocked: false,
      asked: {},
    };
  }
}

function subscriptionOf(source: Subscription['source'], createdMs: number): Subscription {
  return { source, createdMs, active: true };
}

/** `ann@shop.example` for the first, `ann+1@shop.example` for the second, and so on. */
function numberedEmail(email: string, index: number): string {
  return index === 0 ? email : email.replace('@', `+${index}@`);
}

function numberedPhone(phone: string, index: number): string {
  if (index === 0) return phone;
  const digits = String(BigInt(phone.replaceAll(/\D/g, '')) + BigInt(index));
  return phone.startsWith('+') ? `+${digits}` : digits;
}
