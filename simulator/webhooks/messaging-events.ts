import type { Person } from '../model/person';
import type { World } from '../model/world';
import { emit } from './emit';

/** Tells the apps that a person did something in the thread: an ordinary Messenger event. */
export function emitFromPerson(
  world: World,
  person: Person,
  atMs: number,
  field: string,
  what: Record<string, unknown>,
): void {
  const { pageId, psid } = person;
  const event = { sender: { id: psid }, recipient: { id: pageId }, timestamp: atMs, ...what };
  emit(world, { pageId, field, atMs, list: 'messaging', event });
}

/** Tells the apps what the Page itself wrote in the thread. */
export function emitEcho(
  world: World,
  person: Person,
  atMs: number,
  echo: { readonly mid: string; readonly appId?: string; readonly message: Record<string, unknown> },
): void {
  const { pageId, psid } = person;
  const message = { ...echo.message, is_echo: true, ...(echo.appId && { app_id: echo.appId }), mid: echo.mid };
  const event = { sender: { id: pageId }, recipient: { id: psid }, timestamp: atMs, message };
  emit(world, { pageId, field: 'message_echoes', atMs, list: 'messaging', event });
}
