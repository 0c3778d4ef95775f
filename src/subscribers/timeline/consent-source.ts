import { ConsentEventEntity } from '../../persistence/entities';
import { present } from '../../http/present';
import type { TimelineEntryDto } from '../dto/timeline-entry.dto';
import type { TimelineSource } from './timeline-source';
import { following } from './timeline-source';

const RANK = 3;

/** Opt-ins and opt-outs with their proof. */
export const consentSource: TimelineSource = async (manager, question) => {
  const { subscriberId } = question;
  const events = manager.createQueryBuilder(ConsentEventEntity, 'event').where({ subscriberId });
  const found = await following(events, question, {
    at: 'event.occurred_at',
    row: 'event.id::text',
    rank: RANK,
  }).getMany();
  return found.map((event) => ({
    position: { atMs: event.occurredAt.getTime(), rank: RANK, row: event.id },
    entry: present({
      at: event.occurredAt.toISOString(),
      kind: event.kind === 'opt_in' ? 'opted_in' : 'opted_out',
      source: broughtBy(event.source),
      through: event.source,
      applied: event.applied,
      topicId: event.topicId,
      shownText: event.shownText,
    }),
  }));
};

const BROUGHT_BY: Readonly<Record<string, TimelineEntryDto['source']>> = {
  api: 'api',
  send_error: 'graph',
  import: 'import',
};

const broughtBy = (through: string): TimelineEntryDto['source'] => BROUGHT_BY[through] ?? 'webhook';
