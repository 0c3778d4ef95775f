import { DAY_MS } from '../model/periods';
import type { Person } from '../model/person';
import type { OptOutNotice } from '../model/settings';
import type { World } from '../model/world';
import { emitFromPerson } from './messaging-events';

/** Tokens of paid messages do not expire; the platform answers a date far ahead. */
export const TOKEN_LIFE_MS = 365 * 50 * DAY_MS;

/** Tells every app of the Page that a person opted in, or came back. */
export function emitOptIn(world: World, person: Person, atMs: number, isResumed: boolean): void {
  const status = isResumed ? { notification_messages_status: 'RESUME NOTIFICATIONS' } : {};
  emitFromPerson(world, person, atMs, 'messaging_optins', { optin: { ...optInOf(person), ...status } });
}

/** Tells the apps that a person stopped, in the form that is set: not at all, as an opt-in event, as an opt-out event. */
export function emitOptOut(world: World, person: Person, atMs: number, notice: OptOutNotice): void {
  switch (notice) {
    case 'none':
      return;
    case 'optins_stop': {
      const optin = { ...optInOf(person), notification_messages_status: 'STOP NOTIFICATIONS' };
      emitFromPerson(world, person, atMs, 'messaging_optins', { optin });
      return;
    }
    case 'optouts': {
      const optout = { type: 'notification_messages', notification_messages_token: person.token };
      emitFromPerson(world, person, atMs, 'messaging_optouts', { optout });
    }
  }
}

function optInOf(person: Person): Record<string, unknown> {
  const accepted = person.subscription?.accepted;
  const timeZone = accepted?.timeZone ?? person.timeZone;
  return {
    type: 'notification_messages',
    payload: accepted?.payload ?? '',
    notification_messages_token: person.token,
    title: accepted?.title ?? 'Updates and promotions',
    ...(timeZone !== undefined && { notification_messages_timezone: timeZone }),
    token_expiry_timestamp: (person.subscription?.createdMs ?? 0) + TOKEN_LIFE_MS,
    user_token_status: 'REFRESHED',
  };
}
