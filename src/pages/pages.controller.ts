import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-problems';
import { CurrentKey, Scopes } from '../http/current-key';
import type { RequestKey } from '../http/current-key';
import { UuidParam } from '../http/validation';
import { ConnectPage } from './connect-page';
import { DisconnectPage } from './disconnect-page';
import { ConnectPageRequestDto } from './dto/connect-page-request.dto';
import { ListPagesQueryDto } from './dto/list-pages-query.dto';
import { PageDto, PageListDto } from './dto/page.dto';
import { UpdatePageRequestDto } from './dto/update-page-request.dto';
import { PagesService } from './pages.service';

@ApiTags('Pages')
@Controller('v1/pages')
export class PagesController {
  constructor(
    private readonly pages: PagesService,
    private readonly connectPage: ConnectPage,
    private readonly disconnectPage: DisconnectPage,
  ) {}

  /**
   * Connects a Page.
   * @remarks Reads from Meta what is left out, and subscribes the app to the Page's webhooks. A Page that was disconnected comes back with its id.
   */
  @Post()
  @Scopes('write')
  @ApiProblems('PAGE.ALREADY_CONNECTED', 'META.REFUSED', 'META.UNREACHABLE')
  connect(@CurrentKey() key: RequestKey, @Body() body: ConnectPageRequestDto): Promise<PageDto> {
    return this.connectPage.connect(key.workspaceId, body);
  }

  /** Lists the connected Pages, oldest first. */
  @Get()
  @Scopes('read')
  list(@CurrentKey() key: RequestKey, @Query() query: ListPagesQueryDto): Promise<PageListDto> {
    return this.pages.list(key.workspaceId, query);
  }

  /** Shows a Page. */
  @Get(':pageId')
  @Scopes('read')
  read(@CurrentKey() key: RequestKey, @UuidParam('pageId') id: string): Promise<PageDto> {
    return this.pages.read(key.workspaceId, id);
  }

  /** Changes a Page. */
  @Patch(':pageId')
  @Scopes('write')
  update(
    @CurrentKey() key: RequestKey,
    @UuidParam('pageId') id: string,
    @Body() body: UpdatePageRequestDto,
  ): Promise<PageDto> {
    return this.pages.update(key.workspaceId, id, body);
  }

  /**
   * Disconnects a Page.
   * @remarks Its campaigns are stopped, nothing is sent for it any more and its webhooks are ignored; what is known of its people stays.
   */
  @Delete(':pageId')
  @HttpCode(204)
  @Scopes('write')
  disconnect(@CurrentKey() key: RequestKey, @UuidParam('pageId') id: string): Promise<void> {
    return this.disconnectPage.disconnect(key.workspaceId, id);
  }
}
