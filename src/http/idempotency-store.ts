import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { inTenantTransaction, rows } from '../persistence/database';
import { Envelope } from '../security/envelope';
import { uuidV7 } from '../security/uuid-v7';
import { ApiDatabase } from './databases';

/** One use of an `Idempotency-Key`. */
export interface KeyUse {
  readonly workspaceId: string;
  /** Method and path. */
  readonly operation: string;
  readonly key: string;
  /** SHA-256 of the body's bytes. */
  readonly bodyHash: Buffer;
}

/** An answer as it left. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON; absent for an empty answer. */
  readonly body?: unknown;
}

/** A use that may run: its holder is gone when another took it over. */
export interface HeldUse extends KeyUse {
  readonly holder: string;
}

export type Acquired =
  | { readonly kind: 'run'; readonly use: HeldUse }
  | { readonly kind: 'replay'; readonly answer: StoredAnswer }
  | { readonly kind: 'running' }
  | { readonly kind: 'other_body' };

/** New, older than the 24 hours of a replay, or left behind by a process that died. */
const ACQUIRE = `
INSERT INTO idempotency_keys AS held (workspace_id, operation, key, body_hash, holder) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (workspace_id, operation, key) DO UPDATE
  SET body_hash = EXCLUDED.body_hash, holder = EXCLUDED.holder, status = NULL, answer_sealed = NULL,
      renewed_at = now(), created_at = now()
  WHERE held.created_at < now() - interval '24 hours'
     OR (held.status IS NULL AND held.renewed_at < now() - interval '30 seconds' AND held.body_hash = EXCLUDED.body_hash)
RETURNING holder`;

const READ = `SELECT body_hash, status, answer_sealed FROM idempotency_keys
 WHERE workspace_id = $1 AND operation = $2 AND key = $3`;

const RENEW = `UPDATE idempotency_keys SET renewed_at = now()
 WHERE workspace_id = $1 AND operation = $2 AND key = $3 AND holder = $4 AND status IS NULL`;

const STORE = `UPDATE idempotency_keys SET status = $5, answer_sealed = $6, renewed_at = now()
 WHERE workspace_id = $1 AND operation = $2 AND key = $3 AND holder = $4 AND status IS NULL RETURNING key`;

const RELEASE = `DELETE FROM idempotency_keys
 WHERE workspace_id = $1 AND operation = $2 AND key = $3 AND holder = $4 AND status IS NULL`;

interface StoredRow {
  readonly body_hash: Buffer;
  readonly status: number | null;
  readonly answer_sealed: Buffer | null;
}

/** The rows of `idempotency_keys`; all times of it are wall clock. */
@Injectable()
export class IdempotencyStore {
  constructor(
    private readonly database: ApiDatabase,
    @Inject(Envelope) private readonly envelope: Envelope,
  ) {}

  /** Takes the key for a run, or says why not. */
  acquire(use: KeyUse): Promise<Acquired> {
    const holder = uuidV7();
    return inTenantTransaction(this.database.dataSource, use.workspaceId, async (manager) => {
      const taken = await rows(manager, ACQUIRE, [...identity(use), use.bodyHash, holder]);
      return taken.length > 0 ? { kind: 'run', use: { ...use, holder } } : this.read(manager, use);
    });
  }

  /** Says that the run is still alive. */
  async renew(use: HeldUse): Promise<void> {
    await this.alone(use, RENEW);
  }

  /** Gives the key back, so that the request may be sent again. */
  async release(use: HeldUse): Promise<void> {
    await this.alone(use, RELEASE);
  }

  /** Stores the answer in the transaction of the effect. @returns false when the run was taken over meanwhile */
  async store(manager: EntityManager, use: HeldUse, { status, ...answer }: StoredAnswer): Promise<boolean> {
    const sealed = this.envelope.seal(JSON.stringify(answer), sealedFor(use));
    const stored = await rows(manager, STORE, [...identity(use), use.holder, status, sealed]);
    return stored.length > 0;
  }

  private async read(manager: EntityManager, use: KeyUse): Promise<Acquired> {
    const [row] = await rows<StoredRow>(manager, READ, identity(use));
    if (row === undefined) return { kind: 'running' };
    if (!row.body_hash.equals(use.bodyHash)) return { kind: 'other_body' };
    if (row.status === null || row.answer_sealed === null) return { kind: 'running' };
    const answer = JSON.parse(this.envelope.open(row.answer_sealed, sealedFor(use)).toString('utf8')) as StoredAnswer;
    return { kind: 'replay', answer: { ...answer, status: row.status } };
  }

  private async alone(use: HeldUse, statement: string): Promise<void> {
    await inTenantTransaction(this.database.dataSource, use.workspaceId, (manager) =>
      rows(manager, statement, [...identity(use), use.holder]),
    );
  }
}

const identity = ({ workspaceId, operation, key }: KeyUse): string[] => [workspaceId, operation, key];

const sealedFor = ({ key }: KeyUse): string => `idempotency_keys.answer:${key}`;
