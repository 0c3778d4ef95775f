import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentKey, Scopes } from '../http/current-key';
import type { RequestKey } from '../http/current-key';
import { PageQueryDto } from '../http/paging';
import { RuleDto, RuleListDto } from './dto/rule.dto';
import { RulesService } from './rules.service';

@ApiTags('Rules')
@Controller('v1/rules')
export class RulesController {
  constructor(private readonly rules: RulesService) {}

  /** Lists every rule that Herald decides by, with dates and sources. */
  @Get()
  @Scopes('read')
  list(@CurrentKey() key: RequestKey, @Query() query: PageQueryDto): Promise<RuleListDto> {
    return this.rules.list(key.workspaceId, query);
  }

  /** Shows one rule. */
  @Get(':ruleId')
  @Scopes('read')
  @ApiParam({ name: 'ruleId', example: 'R-08' })
  read(@CurrentKey() key: RequestKey, @Param('ruleId') ruleId: string): Promise<RuleDto> {
    return this.rules.read(key.workspaceId, ruleId);
  }
}
