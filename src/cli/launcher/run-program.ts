import { execFile } from 'node:child_process';

/** How a short program ended. */
export interface Outcome {
  readonly succeeded: boolean;
  readonly stderr: string;
}

const TIMEOUT_MS = 300_000;

/** Runs a program to its end without blocking; a program that does not exist has failed. */
export function runProgram(command: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: TIMEOUT_MS }, (error, _stdout, stderr) => {
      resolve({ succeeded: error === null, stderr: stderr || (error?.message ?? '') });
    });
  });
}
