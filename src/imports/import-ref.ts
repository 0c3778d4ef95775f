import type { GraphClient } from '../graph-api/graph-client';
import type { DataSource } from 'typeorm';
import type { Envelope } from '../security/envelope';
import type { LookupHash } from '../security/lookup-hash';
import type { LoopLogger } from '../worker-loops/loop';

/** Which import a page of tokens belongs to. */
export interface ImportRef {
  readonly id: string;
  readonly workspaceId: string;
  readonly pageId: string;
  /** The event time of every consent it brings: the moment before its request, milliseconds (UTC). */
  readonly requestedAtMs: number;
}

/** What people and tokens are sealed and found by. */
export interface ImportKeys {
  readonly envelope: Envelope;
  readonly lookupHash: LookupHash;
}

/** What imports work with. */
export interface ImportParts extends ImportKeys {
  readonly dataSource: DataSource;
  readonly graph: Pick<GraphClient, 'listNotificationTokens' | 'readNotificationToken'>;
  readonly logger: LoopLogger;
}

/** What a page of tokens changed. */
export interface ImportCounts {
  /** Rows of Meta's list. */
  readonly seen: number;
  /** People who were not known. */
  readonly added: number;
  /** Known people of whom something changed. */
  readonly changed: number;
  /** People who left, and tokens that vanished. */
  readonly gone: number;
}
