import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;

/**
 * Asks again and again until the answer is true.
 * @param isTrue - a question that may fail; a failure counts as "not yet"
 * @param timeoutMs - how long to go on asking
 * @returns whether it became true in time
 */
export async function waitUntil(isTrue: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    if (await succeeds(isTrue)) return true;
    if (Date.now() >= deadlineMs) return false;
    await delay(POLL_MS);
  }
}

async function succeeds(isTrue: () => boolean | Promise<boolean>): Promise<boolean> {
  try {
    return await isTrue();
  } catch {
    return false;
  }
}
