import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Guard } from '../../src/cli/launcher/guard';
import { Part, type PartPlan } from '../../src/cli/launcher/part';
import { PartLog } from '../../src/cli/launcher/part-log';
import { temporaryFolders } from './temporary-folder';

const aFolder = temporaryFolders();

/** A server that holds its folder as Postgres does: a second one beside it refuses to start. */
const SERVER = `
const fs = require('node:fs');
const [file] = process.argv.slice(1);
process.on('SIGTERM', () => { fs.unlinkSync(file); process.exit(0); });
fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
setTimeout(() => undefined, 60_000);`;

describe('A part whose start is tried again', () => {
  it('has ended what it started before', async () => {
    const held = join(aFolder(), 'held');
    let starts = 0;
    const plan: PartPlan = {
      name: 'postgres',
      program: { command: process.execPath, args: ['-e', SERVER, '--', held] },
      beforeStart: () => {
        starts += 1;
        return Promise.resolve();
      },
      isReady: () => Promise.resolve(existsSync(held) && starts === 2),
      stopSignal: 'SIGTERM',
      stopGraceMs: 5_000,
      startAttempts: 2,
      readyTimeoutMs: 8_000,
    };
    const guard = new Guard('test');
    const observer = { changed: () => undefined, say: () => undefined };
    const part = new Part(plan, guard, new PartLog(aFolder(), 'postgres', () => undefined), observer);
    await part.start();
    expect(Number(readFileSync(held, 'utf8'))).toBe(part.identity?.pid);
    await part.stop();
    expect(existsSync(held)).toBe(false);
    await guard.close();
  });
});
