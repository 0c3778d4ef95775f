import { Injectable } from '@nestjs/common';
import { rows } from '../persistence/database';
import { apiKeyPrefix, isApiKey } from '../security/api-key-secret';
import type { Scope } from '../workspaces/workspace-admin';
import type { RequestKey } from './current-key';
import { IngestDatabase } from './databases';

/** How long a key that was revoked through another process may still pass, milliseconds of wall clock. */
const REMEMBERED_MS = 1_000;
const MOST_REMEMBERED = 10_000;

interface KeyRow {
  readonly id: string;
  readonly workspace_id: string;
  readonly secret_hash: Buffer;
  readonly scopes: Scope[];
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
}

/** Finds the key of a request; asks Postgres at most once a second for each key. */
@Injectable()
export class KnownKeys {
  private readonly remembered = new Map<string, { readonly row: KeyRow | undefined; readonly untilMs: number }>();

  constructor(private readonly database: IngestDatabase) {}

  /** @returns the key, or undefined when the text is none that is valid now */
  async find(text: string): Promise<RequestKey | undefined> {
    const prefix = apiKeyPrefix(text);
    if (prefix === undefined) return undefined;
    const row = await this.rowOf(prefix);
    if (row === undefined || !isApiKey(text, row.secret_hash) || !isValid(row, Date.now())) return undefined;
    return { keyId: row.id, workspaceId: row.workspace_id, scopes: row.scopes };
  }

  /** After a key was revoked here: every key is asked for anew. */
  forget(): void {
    this.remembered.clear();
  }

  private async rowOf(prefix: string): Promise<KeyRow | undefined> {
    const nowMs = Date.now();
    const known = this.remembered.get(prefix);
    if (known !== undefined && known.untilMs > nowMs) return known.row;
    const [row] = await rows<KeyRow>(this.database.dataSource.manager, 'SELECT * FROM find_api_key($1)', [prefix]);
    if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
    this.remembered.set(prefix, { row, untilMs: nowMs + REMEMBERED_MS });
    return row;
  }
}

/** Keys live by the wall clock, also while the sandbox clock is moved. */
function isValid(row: KeyRow, nowMs: number): boolean {
  return row.revoked_at === null && (row.expires_at === null || row.expires_at.getTime() > nowMs);
}
