import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiExtraModels, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { CurrentKey, Scopes } from '../http/current-key';
import type { RequestKey } from '../http/current-key';
import { DryRunQueryDto } from '../input/dry-run-query.dto';
import type { OrderEventResult } from '../sequences/order-event';
import { CreateOrderEventRequestDto } from './dto/create-order-event-request.dto';
import { ListOrderEventsQueryDto } from './dto/list-order-events-query.dto';
import { OrderEventListDto, OrderEventOutcomeDto } from './dto/order-event.dto';
import { OrderEventsService } from './order-events.service';
import { readOrderEvents } from './read-order-events';

const MAX_EVENTS = 1_000;
const event = { $ref: getSchemaPath(CreateOrderEventRequestDto) };
const outcome = { $ref: getSchemaPath(OrderEventOutcomeDto) };

@ApiTags('Order events')
@Controller('v1/order-events')
export class OrderEventsController {
  constructor(private readonly events: OrderEventsService) {}

  /**
   * Reports that an order reached a status.
   * @remarks One event, or a list of up to 1,000 that is taken as a whole; a list is answered with a list. Each (source,
   * order, status) counts once. With `dryRun=true` it says what would happen and records nothing.
   */
  @Post()
  @HttpCode(202)
  @Scopes('write')
  @ApiExtraModels(CreateOrderEventRequestDto, OrderEventOutcomeDto)
  @ApiBody({ schema: { oneOf: [event, { type: 'array', items: event, minItems: 1, maxItems: MAX_EVENTS }] } })
  @ApiAcceptedResponse({ schema: { oneOf: [outcome, { type: 'array', items: outcome }] } })
  async report(
    @CurrentKey() key: RequestKey,
    @Query() { dryRun }: DryRunQueryDto,
    @Body() body: unknown,
  ): Promise<OrderEventResult | readonly OrderEventResult[] | undefined> {
    const reported = readOrderEvents(body);
    const results = await (dryRun === true ? this.events.foresee(key, reported) : this.events.record(key, reported));
    return reported.isList ? results : results[0];
  }

  /** Lists order events, oldest first. */
  @Get()
  @Scopes('read')
  list(@CurrentKey() key: RequestKey, @Query() query: ListOrderEventsQueryDto): Promise<OrderEventListDto> {
    return this.events.list(key, query);
  }
}
