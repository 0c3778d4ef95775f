import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, Scopes } from '../http/current-key';
import type { RequestKey } from '../http/current-key';
import { UuidParam } from '../http/validation';
import { AutomationsService } from './automations.service';
import { AutomationDto, AutomationListDto } from './dto/automation.dto';
import { CreateAutomationRequestDto } from './dto/create-automation-request.dto';
import { ListAutomationsQueryDto } from './dto/list-automations-query.dto';
import { UpdateAutomationRequestDto } from './dto/update-automation-request.dto';

@ApiTags('Automations')
@Controller('v1/automations')
export class AutomationsController {
  constructor(private readonly automations: AutomationsService) {}

  /**
   * Makes an automation.
   * @remarks It is off until it is enabled.
   */
  @Post()
  @Scopes('write')
  create(@CurrentKey() key: RequestKey, @Body() body: CreateAutomationRequestDto): Promise<AutomationDto> {
    return this.automations.create(key, body);
  }

  /** Lists automations, oldest first. */
  @Get()
  @Scopes('read')
  list(@CurrentKey() key: RequestKey, @Query() query: ListAutomationsQueryDto): Promise<AutomationListDto> {
    return this.automations.list(key, query);
  }

  /** Shows an automation. */
  @Get(':id')
  @Scopes('read')
  read(@CurrentKey() key: RequestKey, @UuidParam('id') id: string): Promise<AutomationDto> {
    return this.automations.read(key, id);
  }

  /**
   * Changes an automation.
   * @remarks People who are under way go on with the steps they began with.
   */
  @Patch(':id')
  @Scopes('write')
  update(
    @CurrentKey() key: RequestKey,
    @UuidParam('id') id: string,
    @Body() body: UpdateAutomationRequestDto,
  ): Promise<AutomationDto> {
    return this.automations.update(key, id, body);
  }

  /**
   * Deletes an automation.
   * @remarks Nobody begins it any more; who is under way goes on.
   */
  @Delete(':id')
  @HttpCode(204)
  @Scopes('write')
  remove(@CurrentKey() key: RequestKey, @UuidParam('id') id: string): Promise<void> {
    return this.automations.remove(key, id);
  }

  /** Turns an automation on. */
  @Post(':id/enable')
  @HttpCode(200)
  @Scopes('write')
  enable(@CurrentKey() key: RequestKey, @UuidParam('id') id: string): Promise<AutomationDto> {
    return this.automations.turn(key, id, true);
  }

  /**
   * Turns an automation off.
   * @remarks Who is under way goes on.
   */
  @Post(':id/disable')
  @HttpCode(200)
  @Scopes('write')
  disable(@CurrentKey() key: RequestKey, @UuidParam('id') id: string): Promise<AutomationDto> {
    return this.automations.turn(key, id, false);
  }
}
