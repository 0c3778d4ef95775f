import { unlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Moments between two effects that belong together: whoever dies there leaves the second to somebody else. */
export type CrashPoint =
  /** A batch is claimed, nothing of it begun. */
  | 'after-claim'
  /** A slice is begun, no byte of it left. */
  | 'after-begin'
  /** A message was written to Meta, no answer to it is read. */
  | 'after-bytes-left'
  /** Meta answered a message, the rest of its slice is on its way. */
  | 'after-answer'
  /** Answers of a slice are in hand and none is settled. */
  | 'before-settle'
  /** A slice is settled; what was begun in the same commit has not left. */
  | 'after-settle-commit'
  /** A close-out has fenced the batches and moved its first rows; the rest wait. */
  | 'after-close-out-fence'
  /** The campaign exists at Meta and its row does not say so. */
  | 'after-create-at-meta'
  /** A webhook is stored, Meta has no 200 for it. */
  | 'after-inbox-commit'
  /** Events are applied and not committed. */
  | 'in-drain'
  /** An opt-in is committed, the person's workflow has not heard of it. */
  | 'after-opt-in-commit'
  /** Consent and token are stored, the workflow does not know it. */
  | 'after-token-stored'
  /** A workflow was signalled, the promise of it still stands in the outbox. */
  | 'after-outbox-signal'
  /** A request is committed, nobody was signalled and nobody answered. */
  | 'before-api-signal'
  /** The effect of an `Idempotency-Key` and its answer are committed, the caller has neither. */
  | 'after-idempotent-effect'
  /** A page of an import is taken over, the others are not. */
  | 'in-sync-page'
  /** The clock of the sandbox stands at a new moment, and nobody was told. */
  | 'after-clock-step';

let folder: string | null = null;

/** @param directory - a file in it, named like a point, kills the process that comes there; null arms nothing */
export function armCrashPoints(directory: string | null): void {
  folder = directory;
}

/**
 * Kills this process here, as `kill -9` would, if the point is armed. Its file is removed first, so that of all
 * processes one dies and its successor lives.
 */
export function crashPoint(name: CrashPoint): void {
  if (folder === null) return;
  try {
    unlinkSync(join(folder, name));
  } catch {
    return;
  }
  process.kill(process.pid, 'SIGKILL');
}

/** As `crashPoint`, once what is being written at this moment has left. */
export function crashPointOnceWritten(name: CrashPoint): void {
  if (folder !== null) setImmediate(crashPoint, name);
}
