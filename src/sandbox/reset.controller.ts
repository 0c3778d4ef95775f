import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, Scopes } from '../http/current-key';
import type { RequestKey } from '../http/current-key';
import { SandboxResetDto } from './dto/sandbox-reset.dto';
import { ResetService } from './reset.service';

@ApiTags('Sandbox')
@Controller('v1/sandbox/reset')
export class ResetController {
  constructor(private readonly resets: ResetService) {}

  /**
   * Begins the workspace anew, in sandbox mode only.
   * @remarks Ends its workflows, empties it and its Pages in the simulator; the keys stay, and a Page that another workspace has connected too stays as it is. The clock goes back to the present if no other workspace has a Page. The answer waits a while for all that; until then `GET /v1/sandbox/clock` is not `ready`.
   */
  @Post()
  @HttpCode(202)
  @Scopes('admin')
  reset(@CurrentKey() key: RequestKey): Promise<SandboxResetDto> {
    return this.resets.reset(key.workspaceId);
  }
}
