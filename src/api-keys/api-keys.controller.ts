import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, Scopes } from '../http/current-key';
import type { RequestKey } from '../http/current-key';
import { PageQueryDto } from '../http/paging';
import { UuidParam } from '../http/validation';
import { ApiKeysService } from './api-keys.service';
import { ApiKeyListDto, CreatedApiKeyDto } from './dto/api-key.dto';
import { CreateApiKeyRequestDto } from './dto/create-api-key-request.dto';

@ApiTags('API keys')
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  /** Makes a key; its secret is in this answer only. */
  @Post()
  @Scopes('admin')
  create(@CurrentKey() key: RequestKey, @Body() body: CreateApiKeyRequestDto): Promise<CreatedApiKeyDto> {
    return this.keys.create(key.workspaceId, body);
  }

  /** Lists the keys that are not revoked. */
  @Get()
  @Scopes('admin')
  list(@CurrentKey() key: RequestKey, @Query() query: PageQueryDto): Promise<ApiKeyListDto> {
    return this.keys.list(key.workspaceId, query);
  }

  /** Revokes a key; within two seconds it opens nothing. */
  @Delete(':id')
  @HttpCode(204)
  @Scopes('admin')
  revoke(@CurrentKey() key: RequestKey, @UuidParam('id') id: string): Promise<void> {
    return this.keys.revoke(key.workspaceId, id);
  }
}
