import type { Person } from '../model/person';
import type { GraphAnswer, GraphCall } from './call';
import { parseFields, select, type FieldTree } from './fields';
import { unknownObject } from './graph-error';
import { limitOf, pageAnswer, startOf } from './paging';
import { requirePageToken, requirePermission } from './permissions';
import { isListed, tokenRow, USUAL_FIELDS } from './token-row';

const USUAL_LIMIT = 100;
const MOST_ROWS = 1_000;

/** Audiences with fewer matched people cannot be asked for. */
const SMALLEST_AUDIENCE = 100;

/** `GET /<PAGE>/notification_message_tokens`: subscribers in the order of their last change. */
export function listTokens(call: GraphCall): GraphAnswer {
  requirePageToken(call);
  requirePermission(call, 'pages_messaging');
  const limit = limitOf(call, USUAL_LIMIT, MOST_ROWS);
  const fields = parseFields(call.params.text('fields') ?? USUAL_FIELDS);
  const isWanted = filterOf(call);
  const from = startOf(call);
  const rows: unknown[] = [];
  let to = from;
  for (const person of peopleFrom(call, from)) {
    if (!isWanted(person.who)) continue;
    if (rows.length === limit) return pageAnswer(call, { rows, from, to, hasMore: true });
    rows.push(rowOf(person.who, fields));
    to = person.next;
  }
  return pageAnswer(call, { rows, from, to, hasMore: false });
}

/** `GET /notification_messages_<TOKEN>`: one row. */
export function readToken(call: GraphCall): GraphAnswer {
  requirePageToken(call);
  const [node = ''] = call.parts;
  const person = call.world.people.ofToken(node.replace('notification_messages_', ''));
  if (person?.pageId !== call.access.page.id || !isListed(person, call.nowMs)) throw unknownObject('GET', node);
  return rowOf(person, parseFields(call.params.text('fields') ?? USUAL_FIELDS));
}

function* peopleFrom(call: GraphCall, from: number): Generator<{ who: Person; next: number }> {
  const { people } = call.world;
  for (const [personId, next] of people.orderOf(call.access.page.id).from(from)) {
    const who = people.get(personId);
    if (who && isListed(who, call.nowMs)) yield { who, next };
  }
}

function filterOf(call: GraphCall): (person: Person) => boolean {
  const audiences = textList(call.params.json('custom_audience_ids'))?.filter((id) => isLargeEnough(call, id));
  const sources = textList(call.params.json('opt_in_source'));
  const received = call.params.json('has_received_marketing_message');
  return (person) =>
    (audiences === undefined || audiences.includes(person.audienceId ?? '')) &&
    (sources === undefined || sources.includes(person.subscription?.source ?? '')) &&
    (received === undefined || received === person.paidSends > 0);
}

function isLargeEnough(call: GraphCall, audienceId: string): boolean {
  let size = 0;
  for (const person of call.world.people.all()) if (person.audienceId === audienceId) size += 1;
  return size >= SMALLEST_AUDIENCE;
}

function textList(value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  return (Array.isArray(value) ? value : [value]).map(String);
}

function rowOf(person: Person, fields: FieldTree): Record<string, unknown> {
  return person.subscription ? select(tokenRow(person, person.subscription), fields) : {};
}
