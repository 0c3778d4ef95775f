import { Stack, type StackOptions } from '../launcher/stack';
import { stopRequest } from '../launcher/stop-request';
import type { Runtime } from '../launcher/runtime-file';
import { inSeconds } from '../terminal/terminal';

/** What is done while the stack runs; it ends early when somebody asks to stop. */
export type WhileRunning = (runtime: () => Runtime, stopped: Promise<void>) => Promise<void>;

/**
 * Starts a stack, does the work, and stops it, also when starting or the work fails or a signal comes first.
 * @throws CommandError when a part cannot be started
 */
export async function runStack(options: StackOptions, work: WhileRunning): Promise<void> {
  const { terminal } = options;
  const startedMs = Date.now();
  const stopped = stopRequest();
  const stack = new Stack(options);
  try {
    const isRunning = await unlessStopped(stack.start(), stopped);
    if (!isRunning) return;
    terminal.line(`Ready after ${inSeconds(startedMs)}`);
    await unlessStopped(
      work(() => stack.runtime, stopped),
      stopped,
    );
  } finally {
    await terminal.step('Stopping', () => stack.stop());
  }
}

/** @returns whether the work came to its end; once somebody asked to stop, nobody cares how it fails */
async function unlessStopped(work: Promise<unknown>, stopped: Promise<void>): Promise<boolean> {
  work.catch(() => undefined);
  return Promise.race([work.then(() => true), stopped.then(() => false)]);
}
