import type { Consent } from '../../../domain/subscriber/consent';
import { applyConsent } from '../../../domain/subscriber/consent';
import { optedInSignal } from '../../../workflows/subscriber/subscriber.contract';
import { rows } from '../../persistence/database';
import { uuidV7 } from '../../security/uuid-v7';
import type { InboxRow } from '../inbox-row';
import { openBody } from '../stored-event';
import type { NamedTopic } from '../topic-of-opt-in';
import { readTopics, topicOf } from '../topic-of-opt-in';
import type { Applier, GroupContext } from './group-context';

/**
 * Writes the proof of opt-ins and wakes the workflows, which move the tokens and grant consent (protocol §7.3). An
 * opt-in older than the person's newest word is proof and nothing more.
 */
export const applyOptIns: Applier = async (context, events) => {
  if (events.length === 0) return;
  const topics = await readTopics(context.manager, distinct(events, 'workspaceId'), distinct(events, 'pageId'));
  const registers = await readRegisters(context, events);
  const optIns = events.flatMap((row) => {
    const subscriberId = context.people.get(row.id);
    return subscriberId === undefined ? [] : [toOptIn(context, row, subscriberId, topics, registers)];
  });
  await writeProofs(context, optIns);
  await markRequests(context, optIns);
  for (const optIn of optIns) settle(context, optIn);
};

interface Register {
  readonly consent: Consent;
  readonly atMs: number | null;
}

interface OptIn {
  readonly row: InboxRow;
  readonly subscriberId: string;
  readonly source: 'opt_in' | 'resume';
  readonly topic: NamedTopic | undefined;
  /** Whether it moves the register: consent and token are written by the workflow. */
  readonly counts: boolean;
  readonly shownText: string | null;
}

const distinct = (events: readonly InboxRow[], field: 'workspaceId' | 'pageId'): string[] => [
  ...new Set(events.map((row) => row[field])),
];

async function readRegisters(context: GroupContext, events: readonly InboxRow[]): Promise<Map<string, Register>> {
  const ids = events.flatMap((row) => context.people.get(row.id) ?? []);
  const stored = await rows<{ id: string; consent: Consent; consent_at: Date | null }>(
    context.manager,
    'SELECT id, consent, consent_at FROM subscribers WHERE workspace_id = ANY($1) AND id = ANY($2)',
    [distinct(events, 'workspaceId'), ids],
  );
  return new Map(stored.map(({ id, consent, consent_at: at }) => [id, { consent, atMs: at?.getTime() ?? null }]));
}

function toOptIn(
  { envelope }: GroupContext,
  row: InboxRow,
  subscriberId: string,
  topics: readonly NamedTopic[],
  registers: ReadonlyMap<string, Register>,
): OptIn {
  const { payload, optIn } = openBody(row, envelope);
  const topic = topicOf(topics, row.pageId, { payload, title: optIn?.title });
  const register = registers.get(subscriberId) ?? { consent: 'none', atMs: null };
  return {
    row,
    subscriberId,
    source: row.kind === 'opt_in_resume' ? 'resume' : 'opt_in',
    topic,
    counts: applyConsent(register, { kind: 'opt_in', atMs: row.eventAtMs }).applied,
    shownText: topic === undefined ? (optIn?.title ?? null) : `${topic.title}\n${topic.expectation}`,
  };
}

async function writeProofs({ manager }: GroupContext, optIns: readonly OptIn[]): Promise<void> {
  if (optIns.length === 0) return;
  await rows(
    manager,
    `INSERT INTO consent_events
       (id, workspace_id, page_id, subscriber_id, kind, source, occurred_at, applied, topic_id, shown_text, inbox_id)
     SELECT id, workspace_id, page_id, subscriber_id, 'opt_in', source, occurred_at, applied, topic_id, shown_text, inbox_id
       FROM jsonb_to_recordset($1::jsonb)
         AS n (id uuid, workspace_id uuid, page_id uuid, subscriber_id uuid, source text, occurred_at timestamptz,
               applied boolean, topic_id uuid, shown_text text, inbox_id uuid)`,
    [
      JSON.stringify(
        optIns.map(({ row, subscriberId, source, counts, topic, shownText }) => ({
          id: uuidV7(),
          workspace_id: row.workspaceId,
          page_id: row.pageId,
          subscriber_id: subscriberId,
          source,
          occurred_at: new Date(row.eventAtMs).toISOString(),
          applied: counts,
          topic_id: topic?.id ?? null,
          shown_text: shownText,
          inbox_id: row.id,
        })),
      ),
    ],
  );
}

/** What the person was asked is answered, whether or not a later opt-out takes it back. */
async function markRequests({ manager }: GroupContext, optIns: readonly OptIn[]): Promise<void> {
  const answered = optIns.filter(({ topic }) => topic !== undefined);
  if (answered.length === 0) return;
  await rows(
    manager,
    `UPDATE opt_in_requests r SET state = 'opted_in', due_at = NULL, updated_at = now()
       FROM jsonb_to_recordset($1::jsonb) AS n (workspace_id uuid, subscriber_id uuid, topic_id uuid, counts boolean)
      WHERE r.workspace_id = n.workspace_id AND r.subscriber_id = n.subscriber_id AND r.topic_id = n.topic_id
        AND (r.state IN ('asked', 'unknown', 'sending') OR (r.state = 'waiting' AND n.counts))`,
    [
      JSON.stringify(
        answered.map(({ row, subscriberId, topic, counts }) => ({
          workspace_id: row.workspaceId,
          subscriber_id: subscriberId,
          topic_id: topic?.id,
          counts,
        })),
      ),
    ],
  );
}

function settle(context: GroupContext, { row, subscriberId, topic, counts }: OptIn): void {
  if (!counts) {
    context.settlements.push({ row, state: 'done' });
    return;
  }
  const keys = { ...row.keys, subscriberId, ...(topic !== undefined && { topicId: topic.id }) };
  context.settlements.push({ row, state: 'applied', keys });
  context.wakes.push({
    workspaceId: row.workspaceId,
    pageId: row.pageId,
    ownerKind: 'subscriber',
    ownerId: subscriberId,
    signal: optedInSignal.name,
    args: { inboxId: row.id, at: new Date(row.eventAtMs).toISOString() },
  });
}
