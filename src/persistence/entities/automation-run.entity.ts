import { Column, Entity, Index } from 'typeorm';
import {
  Id,
  OptionalMoment,
  OptionalReference,
  OptionalSealed,
  OptionalText,
  Reference,
  Text,
  WrittenAt,
} from '../columns';

/** One person's way through the steps of an automation. */
@Entity('automation_runs')
@Index('automation_runs_once', ['automationId', 'orderEventId'], { unique: true })
@Index('automation_runs_subscriber', ['subscriberId', 'id'])
export class AutomationRunEntity {
  @Id() id!: string;
  @Reference() workspaceId!: string;
  @Reference() pageId!: string;
  @Reference() automationId!: string;
  @Reference() subscriberId!: string;
  @OptionalReference() orderEventId!: string | null;
  @OptionalText() orderKey!: string | null;
  /** The steps as they were when the run began. */
  @OptionalSealed() stepsSealed!: Buffer | null;
  @Column('integer', { default: 0 }) step!: number;
  /** `running`, `waiting`, `done`, `cancelled`, `expired` or `failed`. */
  @Text() state!: string;
  @OptionalText() reason!: string | null;
  @OptionalReference() optInRequestId!: string | null;
  @OptionalReference() sendId!: string | null;
  @OptionalMoment() dueAt!: Date | null;
  @OptionalMoment() finishedAt!: Date | null;
  @WrittenAt() createdAt!: Date;
  @WrittenAt() updatedAt!: Date;
}
