import { Injectable } from '@nestjs/common';
import { IsNull, MoreThan } from 'typeorm';
import { Problem } from '../errors/problem';
import { KnownKeys } from '../http/known-keys';
import type { ListPage, PageQueryDto } from '../http/paging';
import { decodeIdCursor, listPage } from '../http/paging';
import { Tenant } from '../http/tenant';
import { ApiKeyEntity } from '../persistence/entities';
import { generateApiKey } from '../security/api-key-secret';
import { uuidV7 } from '../security/uuid-v7';
import type { Scope } from '../workspaces/workspace-admin';
import type { ApiKeyDto, CreatedApiKeyDto } from './dto/api-key.dto';
import type { CreateApiKeyRequestDto } from './dto/create-api-key-request.dto';

/** Keys of a workspace. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly tenant: Tenant,
    private readonly knownKeys: KnownKeys,
  ) {}

  create(workspaceId: string, { name, scopes, expiresAt }: CreateApiKeyRequestDto): Promise<CreatedApiKeyDto> {
    if (expiresAt !== undefined && Date.parse(expiresAt) <= Date.now()) {
      throw Problem.fields({ field: 'expiresAt', reason: 'must lie in the future' });
    }
    const { text, prefix, hash } = generateApiKey();
    return this.tenant.transaction(workspaceId, async (manager) => {
      const keys = manager.getRepository(ApiKeyEntity);
      const id = uuidV7();
      await keys.insert({ id, workspaceId, name, prefix, secretHash: hash, scopes, expiresAt: expiresAt ?? null });
      return { ...showKey(await keys.findOneByOrFail({ id })), secret: text };
    });
  }

  list(workspaceId: string, { limit, cursor }: PageQueryDto): Promise<ListPage<ApiKeyDto>> {
    const after = decodeIdCursor(cursor);
    return this.tenant.read(workspaceId, async (manager) => {
      const found = await manager.getRepository(ApiKeyEntity).find({
        where: { revokedAt: IsNull(), ...(after && { id: MoreThan(after) }) },
        order: { id: 'ASC' },
        take: limit + 1,
      });
      return listPage(found, limit, showKey, ({ id }) => [id]);
    });
  }

  async revoke(workspaceId: string, id: string): Promise<void> {
    const { affected } = await this.tenant.transaction(workspaceId, (manager) =>
      manager.update(ApiKeyEntity, { id, revokedAt: IsNull() }, { revokedAt: new Date() }),
    );
    if (affected !== 1) throw new Problem('NOT_FOUND');
    this.knownKeys.forget();
  }
}

const showKey = (key: ApiKeyEntity): ApiKeyDto => ({
  id: key.id,
  name: key.name,
  prefix: `hrld_${key.prefix}`,
  scopes: key.scopes as Scope[],
  expiresAt: key.expiresAt?.toISOString() ?? null,
  lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
  createdAt: key.createdAt.toISOString(),
});
