import { execFile } from 'node:child_process';

/** How a short program ended. */
export interface Outcome {
  readonly succeeded: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT_MS = 300_000;

/**
 * Runs a program to its end without blocking; a program that does not exist has failed.
 * @param env - absent = this program's own
 */
export function runProgram(command: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: TIMEOUT_MS, ...(env && { env }) }, (error, stdout, stderr) => {
      resolve({ succeeded: error === null, stdout, stderr: stderr || (error?.message ?? '') });
    });
  });
}
