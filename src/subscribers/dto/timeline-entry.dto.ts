import { ApiProperty } from '@nestjs/swagger';
import { listOf } from '../../http/paging';
import { RULE_IDS } from '../../../domain/rules/rule';

/** One thing that happened to a person. */
export class TimelineEntryDto {
  /** @example '2026-11-22T09:00:00.000Z' */
  @ApiProperty({ format: 'date-time' })
  at!: string;

  /**
   * `window_opened`, `opt_in_requested`, `opt_in_asked`, `opt_in_refused`, `opted_in`, `opted_out`,
   * `order_status`, `unsubscribe_failed`, or `message_` and the state that a message reached.
   * @example 'message_accepted'
   */
  kind!: string;

  /** Who brought it. */
  @ApiProperty({ enum: ['api', 'webhook', 'workflow', 'graph', 'import'], example: 'graph' })
  source!: string;

  /** The rule that decided, where one did. */
  @ApiProperty({ enum: RULE_IDS, example: 'R-08' })
  ruleId?: string;

  /** What the rule looked at. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  facts?: Record<string, unknown>;

  /** When the decision would change. */
  @ApiProperty({ format: 'date-time' })
  allowedAt?: string;

  /** The state that the request or message is in now. */
  state?: string;

  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d13' */
  @ApiProperty({ format: 'uuid' })
  messageId?: string;

  /** The campaign of the message; absent for a single message. */
  @ApiProperty({ format: 'uuid' })
  campaignId?: string;

  /** @example 'paid' */
  lane?: string;

  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d14' */
  @ApiProperty({ format: 'uuid' })
  requestId?: string;

  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d11' */
  @ApiProperty({ format: 'uuid' })
  topicId?: string;

  /** What the person saw when they opted in: the proof. */
  shownText?: string;

  /** Whether it counted: an event older than the newest consent event changes nothing. */
  applied?: boolean;

  /** Through what a consent came, one of `opt_in`, `resume`, `word`, `notice`, `api`, `send_error`, `import`. */
  through?: string;

  /** @example '1042' */
  orderId?: string;

  /** @example 'CONFIRMED' */
  status?: string;

  /** What became of the order event. */
  outcome?: string;

  /** End of the window that opened. */
  @ApiProperty({ format: 'date-time' })
  until?: string;

  /** Meta's code or what else is known. */
  detail?: string;
}

/** A part of a list. */
export class TimelineDto extends listOf(TimelineEntryDto) {}
