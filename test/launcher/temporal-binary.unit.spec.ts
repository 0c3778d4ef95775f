import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findTemporalBinary } from '../../src/cli/launcher/temporal-binary';
import { isNewEnough, parseTemporalVersion } from '../../src/cli/launcher/temporal-version';
import type { LauncherEnvironment } from '../../src/config/launcher-environment';
import { temporaryFolders } from './temporary-folder';

const aFolder = temporaryFolders();

/** A program that says it is Temporal of this version. */
function aBinary(path: string, version: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho 'temporal version ${version} (Server 1.32.0, UI 2.54.1)'\n`);
  chmodSync(path, 0o755);
  return path;
}

function anEnvironment(settings: Partial<LauncherEnvironment>): LauncherEnvironment {
  return { all: {}, temporalNamespace: 'herald', path: '', cacheDirectory: aFolder(), ...settings };
}

const find = (settings: Partial<LauncherEnvironment>): Promise<string> =>
  findTemporalBinary(anEnvironment(settings), () => undefined);

describe('The version of a Temporal program', () => {
  it('is read from what it prints', () => {
    expect(parseTemporalVersion('temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)')).toBe('1.9.1');
    expect(parseTemporalVersion('tctl version 1.18.0')).toBeUndefined();
  });

  it.each([
    ['1.8.9', false],
    ['1.9.0', true],
    ['1.10.0', true],
    ['2.0.0', true],
    ['0', false],
  ])('%s is new enough: %s', (version, expected) => {
    expect(isNewEnough(version)).toBe(expected);
  });
});

describe('A Temporal program', () => {
  it('is the one that TEMPORAL_CLI_PATH names, before any other', async () => {
    const named = aBinary(join(aFolder(), 'own'), '1.9.4');
    const folder = aFolder();
    aBinary(join(folder, 'temporal'), '1.9.1');
    expect(await find({ temporalCliPath: named, path: folder })).toBe(named);
  });

  it('is refused when TEMPORAL_CLI_PATH names one that is too old', async () => {
    const old = aBinary(join(aFolder(), 'old'), '1.5.1');
    await expect(find({ temporalCliPath: old })).rejects.toThrow('is version 1.5.1; Herald needs 1.9 or newer');
  });

  it('is the first on the PATH that is new enough', async () => {
    const [old, good] = [aFolder(), aFolder()];
    aBinary(join(old, 'temporal'), '1.8.0');
    const expected = aBinary(join(good, 'temporal'), '1.9.2');
    expect(await find({ path: `${old}:${good}` })).toBe(expected);
  });

  it('is the one in the cache when the PATH has none', async () => {
    const cacheDirectory = aFolder();
    const cached = aBinary(join(cacheDirectory, `temporal-1.9.1-${process.platform}-${process.arch}`), '1.9.1');
    expect(await find({ cacheDirectory })).toBe(cached);
  });
});
