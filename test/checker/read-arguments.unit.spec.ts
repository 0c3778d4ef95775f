import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readArguments } from '../../checker/read-arguments';

describe('The arguments of the checker', () => {
  const directory = mkdtempSync(join(tmpdir(), 'herald-checker-'));
  const source = {
    simulatorUrl: 'http://127.0.0.1:1',
    databaseUrl: 'postgres://127.0.0.1:2/herald',
    lookupKey: 'a2V5',
  };

  beforeAll(() => {
    const { lookupKey, ...addresses } = source;
    writeFileSync(join(directory, 'runtime.json'), JSON.stringify({ ...addresses, apiUrl: 'http://127.0.0.1:3' }));
    writeFileSync(join(directory, 'secrets.json'), JSON.stringify({ lookupKey, verifyToken: 'verify' }));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it('name the data directory of a running stack', () => {
    expect(readArguments(['--data', directory])).toEqual({ source, isJson: false });
  });

  it('or the addresses themselves', () => {
    const { simulatorUrl, databaseUrl, lookupKey } = source;
    const words = ['--simulator', simulatorUrl, '--database', databaseUrl, '--lookup-key', lookupKey, '--json'];
    expect(readArguments(words)).toEqual({ source, isJson: true });
  });

  it('are not understood when an address is missing', () => {
    expect(readArguments(['--simulator', source.simulatorUrl])).toEqual({ source: null, isJson: false });
  });

  it('must name a directory on which something runs', () => {
    expect(() => readArguments(['--data', join(directory, 'nowhere')])).toThrow('ENOENT');
  });
});
