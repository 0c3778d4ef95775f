import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, Scopes } from '../http/current-key';
import type { RequestKey } from '../http/current-key';
import { ClockService } from './clock.service';
import { SandboxClockDto } from './dto/clock.dto';
import { MoveClockRequestDto } from './dto/move-clock-request.dto';

@ApiTags('Sandbox')
@Controller('v1/sandbox/clock')
export class ClockController {
  constructor(private readonly clock: ClockService) {}

  /** Shows the clock; in sandbox mode only. */
  @Get()
  @Scopes('read')
  read(@CurrentKey() key: RequestKey): Promise<SandboxClockDto> {
    return this.clock.read(key.workspaceId);
  }

  /**
   * Moves the clock, in sandbox mode only.
   * @remarks Everything that falls due on the way is done in the order of its time. Never back, at most 366 days; while it moves, `advance` counts from where it is going.
   */
  @Post()
  @HttpCode(202)
  @Scopes('write')
  move(@CurrentKey() key: RequestKey, @Body() body: MoveClockRequestDto): Promise<SandboxClockDto> {
    return this.clock.move(key.workspaceId, body);
  }
}
