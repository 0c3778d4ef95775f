import { spawn } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createDataDirectory, dataDirectoryAt, type DataDirectory } from '../../src/cli/launcher/data-directory';
import { emptyDataDirectory } from '../../src/cli/launcher/empty-directory';
import { endLeftovers } from '../../src/cli/launcher/leftovers';
import { lockDataDirectory, lockHolder } from '../../src/cli/launcher/lock';
import { writePrivateJson } from '../../src/cli/launcher/private-file';
import { commandLine, identify, isRunning, type ProcessIdentity } from '../../src/cli/launcher/process-identity';
import { removeStaleLock } from '../../src/cli/launcher/stale-lock';
import { waitUntil } from '../../src/cli/launcher/wait-until';
import { temporaryFolders } from './temporary-folder';

const aFolder = temporaryFolders();

function aDirectory(): DataDirectory {
  const directory = dataDirectoryAt(aFolder());
  createDataDirectory(directory);
  return directory;
}

/** A process that a killed launcher might have left, once it has these words on its command line. */
async function aLeftover(...words: string[]): Promise<ProcessIdentity> {
  const { pid = 0 } = spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 20_000)', '--', ...words], {
    stdio: 'ignore',
  });
  const shown = (): boolean => words.every((word) => commandLine(pid).includes(word));
  await waitUntil(() => shown() && identify(pid) !== undefined, 5_000);
  return identify(pid) ?? { pid, startedAt: 'gone' };
}

describe('When a launcher runs on a directory', () => {
  it('refuses a second one and says how to stop the first', () => {
    const directory = aDirectory();
    const unlock = lockDataDirectory(directory);
    expect(() => lockDataDirectory(directory)).toThrow(`npm run down -- --data ${directory.root}`);
    unlock();
    expect(lockHolder(directory)).toBeUndefined();
  });

  it('keeps it, also from one that saw the lock of a launcher before it', () => {
    const directory = aDirectory();
    const unlock = lockDataDirectory(directory);
    removeStaleLock(directory.lockFile);
    expect(lockHolder(directory)?.pid).toBe(process.pid);
    expect(readdirSync(directory.root).filter((name) => name.endsWith('.stale'))).toEqual([]);
    unlock();
  });

  it('is not emptied', async () => {
    const directory = aDirectory();
    const unlock = lockDataDirectory(directory);
    await expect(emptyDataDirectory(directory)).rejects.toThrow('already runs');
    unlock();
  });
});

describe('When a launcher was killed on a directory', () => {
  it('takes the lock over', () => {
    const directory = aDirectory();
    writePrivateJson(directory.lockFile, { pid: process.pid, startedAt: 'an earlier process' });
    lockDataDirectory(directory)();
    expect(existsSync(directory.lockFile)).toBe(false);
  });

  it('ends what it left', async () => {
    const directory = aDirectory();
    const left = await aLeftover(`--stack=${directory.root}`);
    writePrivateJson(directory.processesFile, { worker: left });
    expect(await endLeftovers(directory)).toEqual(['worker']);
    expect(isRunning(left)).toBe(false);
  });

  it("never ends a stranger's process that got the same pid", async () => {
    const directory = aDirectory();
    const stranger = await aLeftover('of somebody else');
    writePrivateJson(directory.processesFile, { worker: stranger });
    expect(await endLeftovers(directory)).toEqual([]);
    expect(isRunning(stranger)).toBe(true);
    process.kill(stranger.pid, 'SIGKILL');
  });
});

describe('Emptying a directory', () => {
  it('removes the state of earlier stacks', async () => {
    const directory = aDirectory();
    writeFileSync(`${directory.temporalDatabase}-wal`, '');
    await emptyDataDirectory(directory);
    expect(existsSync(directory.logs)).toBe(false);
    expect(existsSync(`${directory.temporalDatabase}-wal`)).toBe(false);
  });

  it("refuses where something lies that is not Herald's", async () => {
    const directory = aDirectory();
    writeFileSync(join(directory.root, 'thesis.txt'), '');
    await expect(emptyDataDirectory(directory)).rejects.toThrow('thesis.txt');
    expect(existsSync(directory.logs)).toBe(true);
  });
});
