import type { SendState } from '../../../domain/delivery/send-transitions';
import { isoOf, present } from '../../http/present';
import { CampaignEntity, SendEntity, SendStateEntity } from '../../persistence/entities';
import type { TimelineEntryDto } from '../dto/timeline-entry.dto';
import type { TimelineSource } from './timeline-source';
import { following } from './timeline-source';

const RANK = 5;
/** Digits of the largest number a `bigserial` makes. */
const DIGITS = 19;

interface Step {
  readonly seq: number;
  readonly at: Date;
  readonly state: SendState;
  readonly ruleId: string | null;
  readonly detail: string | null;
  readonly messageId: string;
  readonly campaignId: string;
  readonly isHidden: boolean;
  readonly lane: string;
  readonly stateNow: SendState;
  readonly facts: Record<string, unknown> | null;
  readonly allowedAt: Date | null;
}

const BROUGHT_BY: Readonly<Record<SendState, TimelineEntryDto['source']>> = {
  queued: 'api',
  held: 'workflow',
  claimed: 'workflow',
  sending: 'workflow',
  accepted: 'graph',
  failed: 'graph',
  unknown: 'graph',
  delivered: 'webhook',
  read: 'webhook',
  clicked: 'webhook',
  refused: 'workflow',
  assumed_sent: 'workflow',
  cancelled: 'workflow',
};

/** Meta's refusals put a message back or end it, whatever its state is then; a decision within a call is the call's. */
function sourceOf({ state, detail }: Step): TimelineEntryDto['source'] {
  if (detail?.startsWith('code ') === true) return 'graph';
  return detail === 'requested' ? 'api' : BROUGHT_BY[state];
}

/** Every state that a message to the person was in. */
export const messageSource: TimelineSource = async (manager, question) => {
  const steps = manager
    .createQueryBuilder(SendStateEntity, 'step')
    .innerJoin(SendEntity, 'send', 'send.campaignId = step.campaignId AND send.id = step.sendId')
    .innerJoin(CampaignEntity, 'campaign', 'campaign.id = step.campaignId')
    .select(['step.seq AS seq', 'step.at AS at', 'step.state AS state', 'step.detail AS detail', 'send.lane AS lane'])
    .addSelect('step.rule_id', 'ruleId')
    .addSelect('send.id', 'messageId')
    .addSelect('send.campaign_id', 'campaignId')
    .addSelect('campaign.hidden', 'isHidden')
    .addSelect('send.state', 'stateNow')
    .addSelect('send.facts', 'facts')
    .addSelect('send.allowed_at', 'allowedAt')
    .where('send.subscriberId = :subscriberId', { subscriberId: question.subscriberId });
  const columns = { at: 'step.at', row: `lpad(step.seq::text, ${DIGITS}, '0')`, rank: RANK };
  const found = await following(steps, question, columns).getRawMany<Step>();
  return found.map((step) => ({
    position: { atMs: step.at.getTime(), rank: RANK, row: String(step.seq).padStart(DIGITS, '0') },
    entry: entryOf(step),
  }));
};

/** Facts and moment belong to the newest decision: they stand beside a step that says the same. */
function entryOf(step: Step): TimelineEntryDto {
  const isNow = step.state === step.stateNow;
  return present({
    at: step.at.toISOString(),
    kind: `message_${step.state}`,
    source: sourceOf(step),
    ruleId: step.ruleId,
    facts: isNow ? step.facts : null,
    allowedAt: isNow ? isoOf(step.allowedAt) : null,
    state: step.stateNow,
    messageId: step.messageId,
    campaignId: step.isHidden ? null : step.campaignId,
    lane: step.lane,
    detail: step.detail,
  });
}
