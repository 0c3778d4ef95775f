import { randomBytes } from 'node:crypto';
import { readJson, writePrivateJson } from './private-file';

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

/** @returns the secrets of the directory; new ones, already stored, when it has none */
export function loadSecrets(path: string): StackSecrets {
  const stored = readJson(path) as StackSecrets | undefined;
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

/** Replaces the stored secrets. */
export function saveSecrets(path: string, secrets: StackSecrets): void {
  writePrivateJson(path, secrets);
}
