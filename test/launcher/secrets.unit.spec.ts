import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CommandError } from '../../src/cli/command-error';
import { loadSecrets } from '../../src/cli/launcher/secrets';
import { loadConfig } from '../../src/config/env';
import { temporaryFolders } from './temporary-folder';

const aFolder = temporaryFolders();

describe('Secrets of a data directory', () => {
  it('are made once and kept', () => {
    const file = join(aFolder(), 'secrets.json');
    expect(loadSecrets(file)).toEqual(loadSecrets(file));
  });

  it('are readable by their owner only', () => {
    const file = join(aFolder(), 'secrets.json');
    loadSecrets(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('differ between two directories', () => {
    const [one, other] = [loadSecrets(join(aFolder(), 's')), loadSecrets(join(aFolder(), 's'))];
    expect(one.databasePassword).not.toBe(other.databasePassword);
    expect(one.encryptionRing).not.toBe(other.encryptionRing);
  });

  it.each(['{"databasePassword": "ab', '', 'null', '"text"'])('are not replaced where the file holds %j', (torn) => {
    const file = join(aFolder(), 'secrets.json');
    writeFileSync(file, torn);
    expect(() => loadSecrets(file)).toThrow(CommandError);
    expect(() => loadSecrets(file)).toThrow(file);
    expect(readFileSync(file, 'utf8')).toBe(torn);
  });

  it('are not made anew where the file cannot be read', () => {
    const file = join(aFolder(), 'secrets.json');
    mkdirSync(file);
    expect(() => loadSecrets(file)).toThrow(CommandError);
  });

  it('have the form that the configuration asks for', () => {
    const { encryptionRing, lookupKey } = loadSecrets(join(aFolder(), 'secrets.json'));
    const config = loadConfig({
      DATABASE_URL: 'postgres://a:b@127.0.0.1/c',
      HERALD_KEYS: encryptionRing,
      HERALD_LOOKUP_KEY: lookupKey,
    });
    expect(config.keys.ring[0]?.key).toHaveLength(32);
  });
});
