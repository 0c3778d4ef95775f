import { Body, Controller, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentKey, Scopes } from '../http/current-key';
import type { RequestKey } from '../http/current-key';
import { PageQueryDto } from '../http/paging';
import { UuidParam } from '../http/validation';
import { CreateSubscriberRequestDto } from './dto/create-subscriber-request.dto';
import { EligibilityQueryDto } from './dto/eligibility-query.dto';
import { EligibilityDto } from './dto/eligibility.dto';
import { ListSubscribersQueryDto } from './dto/list-subscribers-query.dto';
import { SubscriberDto, SubscriberListDto } from './dto/subscriber.dto';
import { TimelineDto } from './dto/timeline-entry.dto';
import { UpdateSubscriberRequestDto } from './dto/update-subscriber-request.dto';
import { SubscriberRecord } from './subscriber-record';
import { SubscribersService } from './subscribers.service';

@ApiTags('Subscribers')
@Controller('v1/subscribers')
export class SubscribersController {
  constructor(
    private readonly subscribers: SubscribersService,
    private readonly record: SubscriberRecord,
  ) {}

  /**
   * Registers a person at a Page.
   * @remarks Somebody who is known there by this PSID already is answered with 200 and takes over the fields.
   */
  @Post()
  @Scopes('write')
  @ApiCreatedResponse({ type: SubscriberDto, description: 'The person is new.' })
  @ApiOkResponse({ type: SubscriberDto, description: 'The person was known.' })
  async register(
    @CurrentKey() key: RequestKey,
    @Body() body: CreateSubscriberRequestDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SubscriberDto> {
    const { subscriber, isNew } = await this.subscribers.register(key, body);
    void reply.status(isNew ? 201 : 200);
    return subscriber;
  }

  /** Lists people, oldest first. */
  @Get()
  @Scopes('read')
  list(@CurrentKey() key: RequestKey, @Query() query: ListSubscribersQueryDto): Promise<SubscriberListDto> {
    return this.subscribers.list(key, query);
  }

  /** Shows a person. */
  @Get(':id')
  @Scopes('read')
  read(@CurrentKey() key: RequestKey, @UuidParam('id') id: string): Promise<SubscriberDto> {
    return this.subscribers.read(key, id);
  }

  /** Changes what is known of a person. */
  @Patch(':id')
  @Scopes('write')
  update(
    @CurrentKey() key: RequestKey,
    @UuidParam('id') id: string,
    @Body() body: UpdateSubscriberRequestDto,
  ): Promise<SubscriberDto> {
    return this.subscribers.update(key, id, body);
  }

  /**
   * Wakes the person's workflow.
   * @remarks People who came from an import have none until their first event or this call.
   */
  @Post(':id/wake')
  @HttpCode(200)
  @Scopes('write')
  wake(@CurrentKey() key: RequestKey, @UuidParam('id') id: string): Promise<SubscriberDto> {
    return this.subscribers.wake(key, id);
  }

  /** Shows what happened to a person, newest last. */
  @Get(':id/timeline')
  @Scopes('read')
  timeline(
    @CurrentKey() key: RequestKey,
    @UuidParam('id') id: string,
    @Query() query: PageQueryDto,
  ): Promise<TimelineDto> {
    return this.record.timeline(key.workspaceId, id, query);
  }

  /** Says whether a person may be written to, by which lane, and when otherwise. */
  @Get(':id/eligibility')
  @Scopes('read')
  eligibility(
    @CurrentKey() key: RequestKey,
    @UuidParam('id') id: string,
    @Query() query: EligibilityQueryDto,
  ): Promise<EligibilityDto> {
    return this.record.eligibility(key.workspaceId, id, query);
  }

  /**
   * Stops marketing to a person.
   * @remarks Holds at once; Meta is told afterwards, and a failure of that stands in the timeline.
   */
  @Post(':id/opt-out')
  @HttpCode(200)
  @Scopes('write')
  optOut(@CurrentKey() key: RequestKey, @UuidParam('id') id: string): Promise<SubscriberDto> {
    return this.subscribers.optOut(key, id);
  }
}
