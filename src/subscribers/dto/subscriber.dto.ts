import { ApiProperty } from '@nestjs/swagger';
import { listOf } from '../../http/paging';
import { CONSENTS, SOURCES } from '../vocabulary';

/** A topic that a person is opted in to. */
export class SubscribedTopicDto {
  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d11' */
  @ApiProperty({ format: 'uuid' })
  topicId!: string;

  /** @example 'New arrivals' */
  title!: string;

  /**
   * When the person tapped.
   * @example '2026-11-22T09:00:00.000Z'
   */
  @ApiProperty({ format: 'date-time' })
  optedInAt!: string;
}

/** A person at a Page. */
export class SubscriberDto {
  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d12' */
  @ApiProperty({ format: 'uuid' })
  id!: string;

  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d10' */
  @ApiProperty({ format: 'uuid' })
  pageId!: string;

  /**
   * Meta's id of the Page.
   * @example '1029384756'
   */
  metaPageId!: string;

  /**
   * Only for a key with scope `pii:read`; absent for people who came from a contact list.
   * @example '7351004321'
   */
  psid?: string;

  /** @example 'customer-1042' */
  externalId?: string;

  /**
   * Only for a key with scope `pii:read`.
   * @example 'ada@example.com'
   */
  email?: string;

  /**
   * Only for a key with scope `pii:read`.
   * @example '+39 02 1234567'
   */
  phone?: string;

  /** @example ['vip'] */
  tags!: string[];

  /** @example 'Europe/Rome' */
  timeZone?: string;

  /** The person's newest word on marketing of this Page. */
  @ApiProperty({ enum: CONSENTS, example: 'granted' })
  consent!: (typeof CONSENTS)[number];

  /**
   * When the person granted or revoked.
   * @example '2026-11-22T09:00:00.000Z'
   */
  @ApiProperty({ format: 'date-time' })
  consentAt?: string;

  /** How the person became known. */
  @ApiProperty({ enum: SOURCES, example: 'opt_in' })
  source!: string;

  /** Topics the person is opted in to now. */
  @ApiProperty({ type: [SubscribedTopicDto] })
  topics!: SubscribedTopicDto[];

  /**
   * End of the standard messaging window that the person's last action opened.
   * @example '2026-11-23T09:00:00.000Z'
   */
  @ApiProperty({ format: 'date-time' })
  windowUntil?: string;

  /**
   * Before this moment no further paid message may go (R-08, or Meta's word).
   * @example '2026-11-23T09:00:00.000Z'
   */
  @ApiProperty({ format: 'date-time' })
  paidAllowedAt?: string;

  /**
   * The person's workflow in Temporal; it exists from the first event that concerns the person.
   * @example 'subscriber/0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d10/0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d12'
   */
  workflowId!: string;

  /**
   * That workflow in Temporal's web UI.
   * @example 'http://127.0.0.1:8233/namespaces/herald/workflows/subscriber%2F0197a1f0'
   */
  temporalUrl!: string;

  /** @example '2026-11-22T09:00:00.000Z' */
  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  /** @example '2026-11-22T09:00:00.000Z' */
  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}

/** A part of a list. */
export class SubscriberListDto extends listOf(SubscriberDto) {}
