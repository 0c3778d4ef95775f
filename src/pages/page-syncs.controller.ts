import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, Scopes } from '../http/current-key';
import type { RequestKey } from '../http/current-key';
import { RouteOptions } from '../http/route-options';
import { UuidParam } from '../http/validation';
import { PageSyncDto, StartedPageSyncDto } from './dto/page-sync.dto';
import { PageSyncsService } from './page-syncs.service';

@ApiTags('Pages')
@Controller('v1/pages/:pageId/sync-subscribers')
export class PageSyncsController {
  constructor(private readonly syncs: PageSyncsService) {}

  /**
   * Imports the Page's token list from Meta.
   * @remarks While one is running, the answer is that one. It never revives somebody who left.
   */
  @Post()
  @HttpCode(202)
  @RouteOptions({ located: true })
  @Scopes('write')
  start(@CurrentKey() key: RequestKey, @UuidParam('pageId') pageId: string): Promise<StartedPageSyncDto> {
    return this.syncs.start(key.workspaceId, pageId);
  }

  /** Shows how an import stands. */
  @Get(':id')
  @Scopes('read')
  read(
    @CurrentKey() key: RequestKey,
    @UuidParam('pageId') pageId: string,
    @UuidParam('id') id: string,
  ): Promise<PageSyncDto> {
    return this.syncs.read(key.workspaceId, pageId, id);
  }
}
