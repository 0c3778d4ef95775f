import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-problems';
import { CurrentKey, Scopes } from '../http/current-key';
import type { RequestKey } from '../http/current-key';
import { UuidParam } from '../http/validation';
import { CampaignsService } from './campaigns.service';
import { CampaignDto, CampaignListDto } from './dto/campaign.dto';
import { CreateCampaignRequestDto } from './dto/create-campaign-request.dto';
import { ListCampaignsQueryDto } from './dto/list-campaigns-query.dto';
import { UpdateCampaignRequestDto } from './dto/update-campaign-request.dto';

@ApiTags('Campaigns')
@Controller('v1/campaigns')
export class CampaignsController {
  constructor(private readonly campaigns: CampaignsService) {}

  /**
   * Makes a campaign.
   * @remarks It is a draft: nothing happens before it is started, and nothing stands at Meta.
   */
  @Post()
  @Scopes('write')
  create(@CurrentKey() key: RequestKey, @Body() body: CreateCampaignRequestDto): Promise<CampaignDto> {
    return this.campaigns.create(key, body);
  }

  /** Lists campaigns, oldest first. */
  @Get()
  @Scopes('read')
  list(@CurrentKey() key: RequestKey, @Query() query: ListCampaignsQueryDto): Promise<CampaignListDto> {
    return this.campaigns.list(key, query);
  }

  /** Shows a campaign with its money and its course. */
  @Get(':id')
  @Scopes('read')
  read(@CurrentKey() key: RequestKey, @UuidParam('id') id: string): Promise<CampaignDto> {
    return this.campaigns.read(key, id);
  }

  /**
   * Changes a campaign.
   * @remarks The name always; the content of a draft; the budget up, or down to what is reserved and spent; the end to
   * another moment in the future.
   */
  @Patch(':id')
  @Scopes('write')
  @ApiProblems('CAMPAIGN.STATE', 'CAMPAIGN.BUDGET_COMMITTED')
  update(
    @CurrentKey() key: RequestKey,
    @UuidParam('id') id: string,
    @Body() body: UpdateCampaignRequestDto,
  ): Promise<CampaignDto> {
    return this.campaigns.update(key, id, body);
  }
}
