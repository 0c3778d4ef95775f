import { spawn, type ChildProcess } from 'node:child_process';
import { afterEach, describe, expect, it } from '@jest/globals';
import { endProcess } from '../../src/cli/launcher/end-process';
import { Guard } from '../../src/cli/launcher/guard';
import { commandLine, identify, isRunning, type ProcessIdentity } from '../../src/cli/launcher/process-identity';
import { waitUntil } from '../../src/cli/launcher/wait-until';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** A process that would run for a minute, with a word on its command line. */
function aSleeper(script = 'setTimeout(() => undefined, 60_000)'): ProcessIdentity {
  const child = spawn(process.execPath, ['-e', script, 'sleeper'], { stdio: 'ignore' });
  started.push(child);
  const identity = identify(child.pid ?? 0);
  if (!identity) throw new Error('The process did not start.');
  return identity;
}

describe('A process', () => {
  it('is recognised by pid and start', () => {
    const sleeper = aSleeper();
    expect(isRunning(sleeper)).toBe(true);
    expect(isRunning({ ...sleeper, startedAt: 'another time' })).toBe(false);
  });

  it('shows its command line', () => {
    expect(commandLine(process.pid)).toContain('node');
  });

  it('is none when nothing has its pid', () => {
    expect(identify(2 ** 22 + 1)).toBeUndefined();
    expect(commandLine(2 ** 22 + 1)).toBe('');
  });

  it('is gone once it was ended', async () => {
    const sleeper = aSleeper();
    await endProcess(sleeper, 'SIGTERM', 5_000);
    expect(isRunning(sleeper)).toBe(false);
  });

  it('is killed when it does not listen', async () => {
    const deaf = aSleeper(`process.on('SIGTERM', () => undefined); setTimeout(() => undefined, 60_000)`);
    await endProcess(deaf, 'SIGTERM', 300);
    expect(isRunning(deaf)).toBe(false);
  });
});

describe('The guard', () => {
  it('ends what it watches when its pipe closes, and nothing else', async () => {
    const [watched, forgotten] = [aSleeper(), aSleeper()];
    const guard = new Guard('test');
    guard.watch(watched.pid, 'SIGTERM');
    guard.watch(forgotten.pid, 'SIGTERM');
    guard.forget(forgotten.pid);
    await guard.close();
    expect(await waitUntil(() => !isRunning(watched), 5_000)).toBe(true);
    expect(isRunning(forgotten)).toBe(true);
  });
});
