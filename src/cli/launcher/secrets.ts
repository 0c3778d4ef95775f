import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CommandError } from '../command-error';
import { writePrivateJson } from './private-file';

/** What a data directory made up for itself and keeps across restarts. */
export interface StackSecrets {
  readonly databasePassword: string;
  /** As in HERALD_KEYS. */
  readonly encryptionRing: string;
  /** As in HERALD_LOOKUP_KEY. */
  readonly lookupKey: string;
  readonly verifyToken: string;
  /** Made by the first start. */
  readonly workspaceId?: string;
  /** Made by the first start; a key with every scope. */
  readonly apiKey?: string;
}

/**
 * What is encrypted with them cannot be read with others: secrets that are there are never replaced by new ones.
 * @returns the secrets of the directory; new ones, already stored, when it has none
 * @throws CommandError when it has some that cannot be read
 */
export function loadSecrets(path: string): StackSecrets {
  const stored = readStored(path);
  if (stored) return stored;
  const secrets: StackSecrets = {
    databasePassword: randomBytes(16).toString('hex'),
    encryptionRing: `k1:${randomBytes(32).toString('base64')}`,
    lookupKey: randomBytes(32).toString('base64'),
    verifyToken: randomBytes(16).toString('hex'),
  };
  saveSecrets(path, secrets);
  return secrets;
}

function readStored(path: string): StackSecrets | undefined {
  try {
    const stored: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof stored === 'object' && stored !== null) return stored as StackSecrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
  throw unreadable(path);
}

function unreadable(path: string, cause?: unknown): CommandError {
  return new CommandError(
    `${path} holds the keys of this stack's data and cannot be read: make it readable or bring back a copy of it, or move the whole directory away to begin anew.`,
    { cause },
  );
}

/** Replaces the stored secrets. */
export function saveSecrets(path: string, secrets: StackSecrets): void {
  writePrivateJson(path, secrets);
}
