import { Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiTags, refs } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-problems';
import { CurrentKey, Scopes } from '../http/current-key';
import type { RequestKey } from '../http/current-key';
import { UuidParam } from '../http/validation';
import { DryRunQueryDto } from '../input/dry-run-query.dto';
import { CampaignCommandsService } from './campaign-commands.service';
import { DryRunService } from './dry-run.service';
import { CampaignDto } from './dto/campaign.dto';
import { StartDryRunDto } from './dto/start.dto';

@ApiTags('Campaigns')
@Controller('v1/campaigns/:id')
export class CampaignCommandsController {
  constructor(
    private readonly commands: CampaignCommandsService,
    private readonly dryRun: DryRunService,
  ) {}

  /**
   * Starts a campaign.
   * @remarks Fixes who is in the audience. With `dryRun=true` it says what would happen, counted by rule.
   */
  @Post('start')
  @HttpCode(200)
  @Scopes('send')
  @ApiProblems('CAMPAIGN.STATE')
  @ApiExtraModels(CampaignDto, StartDryRunDto)
  @ApiOkResponse({ schema: { oneOf: refs(CampaignDto, StartDryRunDto) } })
  start(
    @CurrentKey() key: RequestKey,
    @UuidParam('id') id: string,
    @Query() query: DryRunQueryDto,
  ): Promise<CampaignDto | StartDryRunDto> {
    return query.dryRun === true ? this.dryRun.start(key, id) : this.commands.carryOut(key, id, 'start');
  }

  /**
   * Pauses a campaign.
   * @remarks What has begun to leave leaves; everybody else waits for `resume`.
   */
  @Post('pause')
  @HttpCode(200)
  @Scopes('send')
  @ApiProblems('CAMPAIGN.STATE')
  pause(@CurrentKey() key: RequestKey, @UuidParam('id') id: string): Promise<CampaignDto> {
    return this.commands.carryOut(key, id, 'pause');
  }

  /** Resumes a paused campaign where it was. */
  @Post('resume')
  @HttpCode(200)
  @Scopes('send')
  @ApiProblems('CAMPAIGN.STATE')
  resume(@CurrentKey() key: RequestKey, @UuidParam('id') id: string): Promise<CampaignDto> {
    return this.commands.carryOut(key, id, 'resume');
  }

  /**
   * Stops a campaign for good.
   * @remarks Everybody who waits is cancelled, and their money comes back.
   */
  @Post('stop')
  @HttpCode(200)
  @Scopes('send')
  @ApiProblems('CAMPAIGN.STATE')
  stop(@CurrentKey() key: RequestKey, @UuidParam('id') id: string): Promise<CampaignDto> {
    return this.commands.carryOut(key, id, 'stop');
  }
}
