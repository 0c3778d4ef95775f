import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const OWNER_ONLY = 0o600;

/** Replaces the file in one step, readable by its owner only, so that no reader ever sees half of it. */
export function writePrivateJson(path: string, value: unknown): void {
  const draft = `${path}.${process.pid}.draft`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: OWNER_ONLY });
  renameSync(draft, path);
}

/** @returns what the file holds, or undefined when it is absent or broken */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}
