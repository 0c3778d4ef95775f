import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { inTenantTransaction } from '../persistence/database';
import { ApiKeyEntity } from '../persistence/entities';
import type { RequestKey } from './current-key';
import { ApiDatabase } from './databases';

/** How exact `lastUsedAt` is. */
const EVERY_MS = 60_000;
const MOST_NOTED = 10_000;

/** Notes when a key was last used, once a minute and key, beside the request: no answer waits for it. */
@Injectable()
export class KeyUsage implements BeforeApplicationShutdown {
  private readonly notedAtMs = new Map<string, number>();
  private writing: Promise<unknown> = Promise.resolve();

  constructor(private readonly database: ApiDatabase) {}

  note(key: RequestKey): void {
    const nowMs = Date.now();
    if (nowMs - (this.notedAtMs.get(key.keyId) ?? 0) < EVERY_MS) return;
    if (this.notedAtMs.size >= MOST_NOTED) this.notedAtMs.clear();
    this.notedAtMs.set(key.keyId, nowMs);
    this.writing = Promise.allSettled([this.writing, this.write(key)]);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.writing;
  }

  private async write({ keyId, workspaceId }: RequestKey): Promise<void> {
    await inTenantTransaction(this.database.dataSource, workspaceId, (manager) =>
      manager.update(ApiKeyEntity, { id: keyId }, { lastUsedAt: new Date() }),
    );
  }
}
