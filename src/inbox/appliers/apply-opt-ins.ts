import { optedInSignal } from '../../../workflows/subscriber/subscriber.contract';
import { rows } from '../../persistence/database';
import { uuidV7 } from '../../security/uuid-v7';
import type { InboxRow } from '../inbox-row';
import { openBody } from '../stored-event';
import type { NamedTopic } from '../topic-of-opt-in';
import { readTopics, topicOf } from '../topic-of-opt-in';
import type { Applier, GroupContext } from './group-context';

/**
 * Writes the proof of opt-ins and wakes the workflows, which move the tokens and grant consent (protocol §7.3). One that
 * is not newer than the person's last opt-out is proof and nothing more; one that a later opt-in has overtaken still
 * brings its topic, as it would have in the other order.
 */
export const applyOptIns: Applier = async (context, events) => {
  if (events.length === 0) return;
  const topics = await readTopics(context.manager, distinct(events, 'workspaceId'), distinct(events, 'pageId'));
  const leftAtMs = await readLastOptOuts(context, events);
  const optIns = events.flatMap((row) => {
    const subscriberId = context.people.get(row.id);
    return subscriberId === undefined
      ? []
      : [toOptIn(context, row, subscriberId, topics, leftAtMs.get(subscriberId) ?? null)];
  });
  await writeProofs(context, optIns);
  await markRequests(context, optIns);
  for (const optIn of optIns) settle(context, optIn);
};

interface OptIn {
  readonly row: InboxRow;
  readonly subscriberId: string;
  readonly source: 'opt_in' | 'resume';
  readonly topic: NamedTopic | undefined;
  /** Whether the person has not left since: consent and token are written by the workflow. */
  readonly counts: boolean;
  readonly shownText: string | null;
}

const distinct = (events: readonly InboxRow[], field: 'workspaceId' | 'pageId'): string[] => [
  ...new Set(events.map((row) => row[field])),
];

/** @returns when people left last, by subscriber id; milliseconds (UTC) */
async function readLastOptOuts(context: GroupContext, events: readonly InboxRow[]): Promise<Map<string, number>> {
  const ids = events.flatMap((row) => context.people.get(row.id) ?? []);
  const stored = await rows<{ subscriber_id: string; left_at: Date }>(
    context.manager,
    `SELECT subscriber_id, max(occurred_at) AS left_at FROM consent_events
      WHERE workspace_id = ANY($1) AND subscriber_id = ANY($2) AND kind = 'opt_out' GROUP BY subscriber_id`,
    [distinct(events, 'workspaceId'), ids],
  );
  return new Map(stored.map((person) => [person.subscriber_id, person.left_at.getTime()]));
}

function toOptIn(
  { envelope }: GroupContext,
  row: InboxRow,
  subscriberId: string,
  topics: readonly NamedTopic[],
  leftAtMs: number | null,
): OptIn {
  const { payload, optIn } = openBody(row, envelope);
  const topic = topicOf(topics, row.pageId, { payload, title: optIn?.title });
  return {
    row,
    subscriberId,
    source: row.kind === 'opt_in_resume' ? 'resume' : 'opt_in',
    topic,
    counts: leftAtMs === null || row.eventAtMs > leftAtMs,
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
