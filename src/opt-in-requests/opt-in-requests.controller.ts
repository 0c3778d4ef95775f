import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-problems';
import { CurrentKey, Scopes } from '../http/current-key';
import type { RequestKey } from '../http/current-key';
import { RouteOptions } from '../http/route-options';
import { UuidParam } from '../http/validation';
import { CreateOptInRequestRequestDto } from './dto/create-opt-in-request-request.dto';
import { ListOptInRequestsQueryDto } from './dto/list-opt-in-requests-query.dto';
import { OptInRequestDto, OptInRequestListDto } from './dto/opt-in-request.dto';
import { OptInRequestsService } from './opt-in-requests.service';

@ApiTags('Opt-in requests')
@Controller('v1/opt-in-requests')
export class OptInRequestsController {
  constructor(private readonly requests: OptInRequestsService) {}

  /**
   * Asks a person to opt in to a topic.
   * @remarks Only inside the person's open window and once a week for the same title. The person's
   * workflow asks and waits; `GET` shows what became of it.
   */
  @Post()
  @HttpCode(202)
  @Scopes('send')
  @RouteOptions({ located: true })
  @ApiProblems('RULE.REFUSED')
  create(@CurrentKey() key: RequestKey, @Body() body: CreateOptInRequestRequestDto): Promise<OptInRequestDto> {
    return this.requests.create(key, body);
  }

  /** Lists opt-in requests, oldest first. */
  @Get()
  @Scopes('read')
  list(@CurrentKey() key: RequestKey, @Query() query: ListOptInRequestsQueryDto): Promise<OptInRequestListDto> {
    return this.requests.list(key, query);
  }

  /** Shows an opt-in request. */
  @Get(':id')
  @Scopes('read')
  read(@CurrentKey() key: RequestKey, @UuidParam('id') id: string): Promise<OptInRequestDto> {
    return this.requests.read(key, id);
  }
}
