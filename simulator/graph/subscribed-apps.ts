import { randomInt } from 'node:crypto';
import type { App } from '../model/app';
import { callApp } from '../webhooks/http-call';
import type { GraphAnswer, GraphCall } from './call';
import { badParameter, GraphError } from './graph-error';
import { requirePageToken, requirePermission } from './permissions';
import { SUBSCRIBABLE_FIELDS } from './subscribable-fields';

/** `POST /<PAGE>/subscribed_apps`: replaces the fields an app gets, once its address has proved that it listens. */
export async function subscribeApp(call: GraphCall): Promise<GraphAnswer> {
  requirePageToken(call);
  requirePermission(call, 'pages_manage_metadata');
  const fields = readFields(call);
  const apps = appsOf(call);
  const refusals = await Promise.all(apps.map(verify));
  const refusal = refusals.find((reason) => reason !== undefined);
  const isEveryOneRefused = !refusals.includes(undefined);
  if (refusal !== undefined && isEveryOneRefused) {
    throw new GraphError(2200, {
      message: `(#2200) Callback verification failed with the following errors: ${refusal}`,
    });
  }
  const { page } = call.access;
  for (const [index, app] of apps.entries()) if (refusals[index] === undefined) page.subscribedFields[app.id] = fields;
  call.world.putPage(page);
  return { success: true };
}

/** `GET /<PAGE>/subscribed_apps`. */
export function listSubscribedApps(call: GraphCall): GraphAnswer {
  const rows = Object.entries(call.access.page.subscribedFields).map(([id, fields]) => ({
    category: 'Business',
    link: `https://www.facebook.com/games/?app_id=${id}`,
    name: `App ${id}`,
    id,
    subscribed_fields: fields,
  }));
  return { data: rows };
}

/** `DELETE /<PAGE>/subscribed_apps`. */
export function unsubscribeApp(call: GraphCall): GraphAnswer {
  requirePageToken(call);
  for (const { id } of appsOf(call)) call.world.unsubscribe(call.access.page.id, id);
  return { success: true };
}

/** `POST /act_<A>/subscribed_apps`: the simulator sends no ad-account webhooks, so there is nothing to remember. */
export function subscribeAccountApp(): GraphAnswer {
  return { success: true };
}

/** The app that calls. Without a proof a token does not say which one that is, so it speaks for all of them. */
function appsOf(call: GraphCall): App[] {
  const named = call.params.text('app_id') ?? (call.params.text('appsecret_proof') ? call.appId : undefined);
  const apps = [...call.world.apps.values()].filter(({ id }) => named === undefined || id === named);
  if (apps.length === 0) throw badParameter('The app does not exist.');
  return apps;
}

function readFields(call: GraphCall): string[] {
  const given = call.params.get('subscribed_fields');
  const text = Array.isArray(given) ? given.join(',') : (call.params.text('subscribed_fields') ?? '');
  const fields = text
    .replaceAll(/["[\]\s]/g, '')
    .split(',')
    .filter(Boolean);
  if (fields.length === 0) throw badParameter('The parameter subscribed_fields is required.');
  const unknown = fields.find((field) => !SUBSCRIBABLE_FIELDS.has(field));
  if (unknown) throw badParameter(`Param subscribed_fields must not contain "${unknown}".`);
  return [...new Set(fields)];
}

/** Asks the address of an app to echo a number; returns what went wrong. */
async function verify(app: App): Promise<string | undefined> {
  if (!app.webhookUrl) return undefined;
  const challenge = String(randomInt(100_000_000, 2_000_000_000));
  const url = new URL(app.webhookUrl);
  url.searchParams.set('hub.mode', 'subscribe');
  url.searchParams.set('hub.challenge', challenge);
  url.searchParams.set('hub.verify_token', app.verifyToken);
  const { status, body } = await callApp(url, 'GET', {});
  if (status !== 200) return `HTTP Status Code = ${status}`;
  return body === challenge ? undefined : 'The challenge was not echoed';
}
