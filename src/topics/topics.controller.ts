import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, Scopes } from '../http/current-key';
import type { RequestKey } from '../http/current-key';
import { UuidParam } from '../http/validation';
import { CreateTopicRequestDto } from './dto/create-topic-request.dto';
import { ListTopicsQueryDto } from './dto/list-topics-query.dto';
import { TopicDto, TopicListDto } from './dto/topic.dto';
import { UpdateTopicRequestDto } from './dto/update-topic-request.dto';
import { TopicsService } from './topics.service';

@ApiTags('Topics')
@Controller('v1/topics')
export class TopicsController {
  constructor(private readonly topics: TopicsService) {}

  /** Makes a topic of a Page. */
  @Post()
  @Scopes('write')
  create(@CurrentKey() key: RequestKey, @Body() body: CreateTopicRequestDto): Promise<TopicDto> {
    return this.topics.create(key.workspaceId, body);
  }

  /** Lists topics, oldest first. */
  @Get()
  @Scopes('read')
  list(@CurrentKey() key: RequestKey, @Query() query: ListTopicsQueryDto): Promise<TopicListDto> {
    return this.topics.list(key.workspaceId, query);
  }

  /** Shows a topic. */
  @Get(':id')
  @Scopes('read')
  read(@CurrentKey() key: RequestKey, @UuidParam('id') id: string): Promise<TopicDto> {
    return this.topics.read(key.workspaceId, id);
  }

  /** Changes a topic. */
  @Patch(':id')
  @Scopes('write')
  update(
    @CurrentKey() key: RequestKey,
    @UuidParam('id') id: string,
    @Body() body: UpdateTopicRequestDto,
  ): Promise<TopicDto> {
    return this.topics.update(key.workspaceId, id, body);
  }

  /**
   * Deletes a topic.
   * @remarks Nobody is asked for it any more; who opted in stays opted in to messages of the Page.
   */
  @Delete(':id')
  @HttpCode(204)
  @Scopes('write')
  remove(@CurrentKey() key: RequestKey, @UuidParam('id') id: string): Promise<void> {
    return this.topics.remove(key.workspaceId, id);
  }
}
