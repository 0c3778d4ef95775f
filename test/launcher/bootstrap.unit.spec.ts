import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { identify, type ProcessIdentity } from '../../src/cli/launcher/process-identity';
import { temporaryFolders } from './temporary-folder';

/** The bootstrap is a set of ES modules without a build; Node itself runs it. */
function faultOf(version: string): string {
  const path = resolve('scripts/bootstrap/node-version.mjs');
  const script = `import { checkNodeVersion } from ${JSON.stringify(path)}; process.stdout.write(checkNodeVersion('${version}') ?? '');`;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
}

describe('The bootstrap', () => {
  it('names the version that is needed and the remedy on a Node that is too old', () => {
    expect(faultOf('18.20.4')).toMatch(/^Herald needs Node 20\.19 or newer and this is 18\.20\.4: install/);
    expect(faultOf('20.18.3')).not.toBe('');
  });

  it('accepts the oldest Node that will do, and newer ones', () => {
    expect(faultOf('20.19.0')).toBe('');
    expect(faultOf('24.1.0')).toBe('');
  });
});

describe('Of two commands of a clone', () => {
  const aFolder = temporaryFolders();
  const script = `import { withLock } from ${JSON.stringify(resolve('scripts/bootstrap/lock.mjs'))}; await withLock(() => console.log('worked'));`;
  const self = (): ProcessIdentity => identify(process.pid) ?? { pid: process.pid, startedAt: 'now' };

  /** A clone whose lock holds this, and a command in it. */
  function aCommand(holder: unknown): {
    readonly lock: string;
    readonly said: Promise<string>;
    readonly run: ChildProcessWithoutNullStreams;
  } {
    const cwd = aFolder();
    mkdirSync(join(cwd, '.herald'));
    const lock = join(cwd, '.herald/bootstrap.lock');
    writeFileSync(lock, JSON.stringify(holder));
    const run = spawn(process.execPath, ['--input-type=module', '--eval', script], { cwd });
    const timer = setTimeout(() => run.kill('SIGKILL'), 20_000);
    const said = text(run.stdout).finally(() => {
      clearTimeout(timer);
    });
    return { lock, said, run };
  }

  it('the later waits for the earlier', async () => {
    const { lock, said, run } = aCommand(self());
    run.stdout.once('data', () => {
      rmSync(lock);
    });
    expect(await said).toBe(`Waiting for another command (pid ${process.pid}) that installs or builds\nworked\n`);
  });

  it.each([
    ['whose pid somebody else has got', () => ({ ...self(), startedAt: 'earlier' })],
    ['that left its pid alone', () => process.pid],
  ])('the later waits for none %s', async (_, holder) => {
    expect(await aCommand(holder()).said).toBe('worked\n');
  });
});
