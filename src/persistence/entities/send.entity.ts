import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import {
  BigInteger,
  Json,
  OptionalMoment,
  OptionalReference,
  OptionalSealed,
  OptionalText,
  Reference,
  Text,
  WrittenAt,
} from '../columns';

/** As Postgres writes it. */
const PENDING = `CASE WHEN (state = ANY (ARRAY['claimed'::text, 'sending'::text])) THEN 'open'::text \
WHEN (state = ANY (ARRAY['queued'::text, 'held'::text, 'unknown'::text])) THEN state ELSE NULL::text END`;

/**
 * One message to one person: a row of the ledger, moved only along `domain/delivery/send-transitions.ts`. A move that
 * changes no column of an index nor of its condition stays on its page, where that has room, and writes no index (HOT): so
 * none names `state`, what waits is looked up by `pending`, and there are few: the one that keeps R-27 finds a person's
 * messages too.
 */
@Entity('sends')
@Index('sends_once', ['subscriberId', 'campaignId', 'campaignMessageId'], { unique: true })
@Index('sends_tracking', ['trackingId'], { where: 'tracking_id IS NOT NULL' })
@Index('sends_queued', ['campaignId', 'id'], { where: `pending = 'queued'` })
@Index('sends_held', ['campaignId', 'dueAt'], { where: `pending = 'held'` })
@Index('sends_open', ['campaignId', 'batchId'], { where: `pending = 'open'` })
@Index('sends_unknown', ['dueAt'], { where: `pending = 'unknown'` })
@Check(
  'sends_state',
  `state IN ('queued', 'held', 'claimed', 'sending', 'accepted', 'delivered', 'read', 'clicked', 'failed', 'refused', 'unknown', 'assumed_sent', 'cancelled')`,
)
export class SendEntity {
  @PrimaryColumn('uuid') campaignId!: string;
  @PrimaryColumn('uuid') id!: string;
  @Reference() workspaceId!: string;
  @Reference() pageId!: string;
  @Reference() subscriberId!: string;
  @Reference() campaignMessageId!: string;
  @Text({ default: 'paid' }) lane!: string;
  @Text({ default: 'promotional' }) purpose!: string;
  @Text() state!: string;
  /** `open` for claimed and sending, the state itself for queued, held and unknown, else null; Postgres makes it. */
  @Column({
    type: 'text',
    nullable: true,
    insert: false,
    update: false,
    generatedType: 'STORED',
    asExpression: PENDING,
  })
  pending!: string | null;
  /** The call that chose the person; answers `batchId` of `…/messages`. */
  @OptionalReference() choiceId!: string | null;
  @OptionalReference() batchId!: string | null;
  /** Counts claims, so that money of each is booked once. */
  @Column('integer', { default: 0 }) claimNo!: number;
  @Column('integer', { default: 0 }) tries!: number;
  @OptionalReference() tokenId!: string | null;
  /** What this claim reserved, minor units. */
  @BigInteger({ default: 0 }) costMinor!: number;
  @OptionalText() budgetDay!: string | null;
  /** Whether the reservation of this claim stands open. */
  @Column('boolean', { default: false }) reserved!: boolean;
  /** The person's slot before this claim, given back when Meta took nothing. */
  @OptionalMoment() slotBefore!: Date | null;
  @OptionalReference() slotSendBefore!: string | null;
  @OptionalText() whenSlotTaken!: string | null;
  @OptionalText() ruleId!: string | null;
  @Json({ nullable: true }) facts!: Record<string, unknown> | null;
  @OptionalMoment() allowedAt!: Date | null;
  @OptionalMoment() dueAt!: Date | null;
  @OptionalText() reason!: string | null;
  @Column('integer', { default: 0 }) begunFence!: number;
  @OptionalMoment() begunAt!: Date | null;
  /** Wall clock, for the sweeper. */
  @OptionalMoment() begunWallAt!: Date | null;
  @OptionalMoment() claimedAt!: Date | null;
  @OptionalMoment() claimedWallAt!: Date | null;
  @OptionalMoment() acceptedAt!: Date | null;
  @OptionalMoment() deliveredAt!: Date | null;
  @OptionalMoment() readAt!: Date | null;
  @OptionalMoment() clickedAt!: Date | null;
  @Column('integer', { default: 0 }) linkClicks!: number;
  @OptionalText() trackingId!: string | null;
  @OptionalSealed() variablesSealed!: Buffer | null;
  @OptionalReference() automationRunId!: string | null;
  @WrittenAt() createdAt!: Date;
  @WrittenAt() updatedAt!: Date;
}
