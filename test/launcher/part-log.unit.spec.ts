import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PartLog } from '../../src/cli/launcher/part-log';
import { temporaryFolders } from './temporary-folder';

const aFolder = temporaryFolders();

describe('The log of a part', () => {
  it('is lost on a full disk, and nothing else is', () => {
    const folder = aFolder();
    if (existsSync('/dev/full')) symlinkSync('/dev/full', join(folder, 'api.log'));
    const heard: string[] = [];
    const log = new PartLog(folder, 'api', ({ message }) => heard.push(message));
    log.write('The disk fills up.');
    log.write('Still here.');
    log.close();
    expect(heard).toEqual(['The disk fills up.', 'Still here.']);
    expect(log.lastLine).toBe('Still here.');
  });
});
