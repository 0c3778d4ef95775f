import { ApiProperty } from '@nestjs/swagger';
import { listOf } from '../../http/paging';
import type { Scope } from '../../workspaces/workspace-admin';
import { SCOPES } from '../../workspaces/workspace-admin';

/** A key of the workspace; all its times are wall clock. */
export class ApiKeyDto {
  /** @example '019ab0c4-7c00-7000-8000-000000000003' */
  id!: string;

  /** @example 'shop back end' */
  name!: string;

  /**
   * First part of the key, by which it can be told from others.
   * @example 'hrld_4k2n8q1zt0ab'
   */
  prefix!: string;

  @ApiProperty({ enum: SCOPES, isArray: true, example: ['read', 'send'] })
  scopes!: Scope[];

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  expiresAt!: string | null;

  /** To the minute. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  lastUsedAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time' })
  createdAt!: string;
}

/** A new key, with its secret for this once. */
export class CreatedApiKeyDto extends ApiKeyDto {
  /**
   * The key itself; it is shown here and never again.
   * @example 'hrld_4k2n8q1zt0ab_Zk1vbm90LXVzZS10aGlzLWV4YW1wbGUta2V5LXBscy0'
   */
  secret!: string;
}

/** A part of the keys. */
export class ApiKeyListDto extends listOf(ApiKeyDto) {}
