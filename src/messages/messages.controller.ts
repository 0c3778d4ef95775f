import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-problems';
import { CurrentKey, Scopes } from '../http/current-key';
import type { RequestKey } from '../http/current-key';
import { RouteOptions } from '../http/route-options';
import { UuidParam } from '../http/validation';
import { CreateMessageRequestDto } from './dto/create-message-request.dto';
import { MessageDto } from './dto/message.dto';
import { MessagesService } from './messages.service';

@ApiTags('Messages')
@Controller('v1/messages')
export class MessagesController {
  constructor(private readonly messages: MessagesService) {}

  /**
   * Sends a message to one person.
   * @remarks Decided at once by the rules; the person's workflow sends it, now or at the person's slot.
   */
  @Post()
  @HttpCode(202)
  @Scopes('send')
  @RouteOptions({ located: true })
  @ApiProblems('RULE.REFUSED', 'CAMPAIGN.STATE')
  create(@CurrentKey() key: RequestKey, @Body() body: CreateMessageRequestDto): Promise<MessageDto> {
    return this.messages.create(key, body);
  }

  /** Shows what became of a message. */
  @Get(':id')
  @Scopes('read')
  read(@CurrentKey() key: RequestKey, @UuidParam('id') id: string): Promise<MessageDto> {
    return this.messages.read(key, id);
  }
}
