import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiExtraModels, ApiOkResponse, ApiTags, refs } from '@nestjs/swagger';
import { Problem } from '../errors/problem';
import { ApiProblems } from '../http/api-problems';
import { CurrentKey, Scopes } from '../http/current-key';
import type { RequestKey } from '../http/current-key';
import { PageQueryDto } from '../http/paging';
import { RouteOptions } from '../http/route-options';
import { UuidParam } from '../http/validation';
import { RecipientListDto } from '../messages/dto/recipient.dto';
import { CampaignLedgerService } from './campaign-ledger.service';
import { ChosenPeopleService } from './chosen-people.service';
import { ChooseRecipientsRequestDto } from './dto/choose-recipients-request.dto';
import { ChosenDto } from './dto/chosen.dto';
import { InsightDayListDto, InsightRecipientListDto, InsightsQueryDto, InsightTotalDto } from './dto/insights.dto';
import { LedgerDto } from './dto/ledger-entry.dto';
import { ListRecipientsQueryDto } from './dto/list-recipients-query.dto';
import { readChosen, readChosenLines } from './read-chosen';

const CHOSEN_BODY_LIMIT_BYTES = 32 * 1024 * 1024;

@ApiTags('Campaigns')
@Controller('v1/campaigns/:id')
export class CampaignPeopleController {
  constructor(
    private readonly chosen: ChosenPeopleService,
    private readonly ledger: CampaignLedgerService,
  ) {}

  /**
   * Chooses people for a campaign, up to 10,000 a call.
   * @remarks As JSON, or as `application/x-ndjson` with one of `recipients` a line. The answer says who was taken; what
   * becomes of each stands under `…/recipients`. The same content goes to a person once.
   */
  @Post('messages')
  @HttpCode(202)
  @Scopes('send')
  @RouteOptions({ ndjson: true, bodyLimit: CHOSEN_BODY_LIMIT_BYTES })
  @ApiConsumes('application/json', 'application/x-ndjson')
  @ApiBody({ type: ChooseRecipientsRequestDto })
  @ApiProblems('CAMPAIGN.STATE')
  choose(@CurrentKey() key: RequestKey, @UuidParam('id') id: string, @Body() body: unknown): Promise<ChosenDto> {
    return this.chosen.choose(key, id, Buffer.isBuffer(body) ? readChosenLines(body) : readChosen(body));
  }

  /** Lists the recipients of a campaign in the order they were chosen. */
  @Get('recipients')
  @Scopes('read')
  recipients(
    @CurrentKey() key: RequestKey,
    @UuidParam('id') id: string,
    @Query() query: ListRecipientsQueryDto,
  ): Promise<RecipientListDto> {
    return this.ledger.recipients(key, id, query);
  }

  /**
   * Shows the figures of a campaign.
   * @remarks Counts and money of our own ledger: in total, by local day of the ad account, or by recipient.
   */
  @Get('insights')
  @Scopes('read')
  @ApiProblems('VALIDATION.FIELD')
  @ApiExtraModels(InsightTotalDto, InsightDayListDto, InsightRecipientListDto)
  @ApiOkResponse({ schema: { anyOf: refs(InsightTotalDto, InsightDayListDto, InsightRecipientListDto) } })
  insights(
    @CurrentKey() key: RequestKey,
    @UuidParam('id') id: string,
    @Query() query: InsightsQueryDto,
  ): Promise<InsightTotalDto | InsightDayListDto | InsightRecipientListDto> {
    switch (query.by ?? 'total') {
      case 'total':
        return this.ledger.total(key, id);
      case 'day':
        return this.ledger.byDay(key, id, query);
      case 'recipient':
        return this.ledger.byRecipient(key, id, query);
      case 'set':
      case 'message':
      case 'country':
        throw Problem.fields({ field: 'by', reason: `${String(query.by)} is not available in this version` });
    }
  }

  /** Lists every movement of a campaign's money, oldest first. */
  @Get('ledger')
  @Scopes('read')
  entries(
    @CurrentKey() key: RequestKey,
    @UuidParam('id') id: string,
    @Query() query: PageQueryDto,
  ): Promise<LedgerDto> {
    return this.ledger.ledger(key, id, query);
  }
}
