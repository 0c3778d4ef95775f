import { isRunning, type ProcessIdentity } from './process-identity';
import { waitUntil } from './wait-until';

const KILL_WAIT_MS = 2_000;

/**
 * Ends the process: asks first, then kills.
 * @param signal - how to ask
 * @param graceMs - how long it may take after being asked
 */
export async function endProcess(identity: ProcessIdentity, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  sendSignal(identity, signal);
  if (await waitUntil(() => !isRunning(identity), graceMs)) return;
  sendSignal(identity, 'SIGKILL');
  await waitUntil(() => !isRunning(identity), KILL_WAIT_MS);
}

/** Signals that very process; does nothing when it is gone. */
export function sendSignal(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
