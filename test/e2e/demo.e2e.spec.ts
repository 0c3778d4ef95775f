import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const PROGRAM = resolve('dist/src/cli/main.js');

/** The demo kills a worker in the middle of a campaign; the simulator's journal judges. */
describe('The demo', () => {
  const data = mkdtempSync(join(tmpdir(), 'herald-demo-'));
  let output = '';
  let status: number | null = null;

  beforeAll(async () => {
    const demo = spawn(process.execPath, [PROGRAM, 'demo', '--exit', '--data', data], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [demo.stdout, demo.stderr]) stream.on('data', (text) => (output += String(text)));
    status = await new Promise((ended) => demo.once('close', ended));
  }, 240_000);
  afterAll(() => {
    rmSync(data, { recursive: true, force: true });
  });

  it('ends with every promise held', () => {
    expect({ status, output }).toMatchObject({ status: 0 });
    const [, made, held] = /herald-demo: promises=(\d+) held=(\d+) seconds=\d+\s*$/.exec(output) ?? [];
    expect(Number(made)).toBeGreaterThanOrEqual(8);
    expect(held).toBe(made);
  });

  it('kills a worker, and nobody gets a message twice', () => {
    expect(output).toMatch(/Worker \d+ was killed with SIGKILL/);
    expect(output).toContain('✔ nobody got it twice');
  });

  it('explains a person sent, held and refused, each with rule and date', () => {
    expect(output).toMatch(/R-14/);
    expect(output).toMatch(/R-08/);
  });
});
