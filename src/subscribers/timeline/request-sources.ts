import { isoOf, present } from '../../http/present';
import { OptInRequestEntity } from '../../persistence/entities';
import type { TimelineEntryDto } from '../dto/timeline-entry.dto';
import type { TimelineSource } from './timeline-source';
import { following } from './timeline-source';

const REQUESTED_RANK = 1;
const ASKED_RANK = 2;

/** Somebody asked for an opt-in; what became of it stands in `state`. */
export const requestedSource: TimelineSource = async (manager, question) => {
  const { subscriberId } = question;
  const requests = manager.createQueryBuilder(OptInRequestEntity, 'request').where({ subscriberId });
  const columns = { at: 'request.requested_at', row: 'request.id::text', rank: REQUESTED_RANK };
  const found = await following(requests, question, columns).getMany();
  return found.map((request) => ({
    position: { atMs: request.requestedAt.getTime(), rank: REQUESTED_RANK, row: request.id },
    entry: present({
      at: request.requestedAt.toISOString(),
      kind: request.state === 'refused' && request.askedAt === null ? 'opt_in_refused' : 'opt_in_requested',
      source: sourceOf(request),
      ruleId: request.ruleId,
      facts: request.facts,
      allowedAt: isoOf(request.allowedAt),
      ...named(request),
    }),
  }));
};

/** A request left for Meta. */
export const askedSource: TimelineSource = async (manager, question) => {
  const { subscriberId } = question;
  const requests = manager
    .createQueryBuilder(OptInRequestEntity, 'request')
    .where({ subscriberId })
    .andWhere('request.asked_at IS NOT NULL');
  const columns = { at: 'request.asked_at', row: 'request.id::text', rank: ASKED_RANK };
  const found = await following(requests, question, columns).getMany();
  return found.flatMap((request) => {
    if (request.askedAt === null) return [];
    const entry = { at: request.askedAt.toISOString(), kind: 'opt_in_asked', source: 'graph' as const };
    return {
      position: { atMs: request.askedAt.getTime(), rank: ASKED_RANK, row: request.id },
      entry: present({ ...entry, ...named(request) }),
    };
  });
};

/** An automation's request is made by the person's workflow. */
const sourceOf = ({ automationRunId }: OptInRequestEntity): TimelineEntryDto['source'] =>
  automationRunId === null ? 'api' : 'workflow';

const named = (request: OptInRequestEntity) => ({
  state: request.state,
  requestId: request.id,
  topicId: request.topicId,
  detail: request.errorCode,
});
