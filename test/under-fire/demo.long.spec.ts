import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiClient } from '../../src/cli/api-client';
import { dataDirectoryAt } from '../../src/cli/launcher/data-directory';
import type { PartName } from '../../src/cli/launcher/part-name';
import { readRuntime } from '../../src/cli/launcher/runtime-file';
import { waitUntil } from '../../src/cli/launcher/wait-until';
import { judge } from './judge';
import { Random } from './random';

const PROGRAM = resolve('dist/src/cli/main.js');
const PATIENCE_MS = 400_000;
/** Whatever was killed in the last scene may still be on its way back. */
const BACK_WITHIN_MS = 30_000;

/** With what the demo begins each of its scenes. */
const SCENES = ['A shop connects', '1. ', '2. ', '3. ', '4. ', '5. ', '6. '];
const ITS_END = 'The stack stays up';
const LONGEST_INTO_A_SCENE_MS = 2_000;
const PARTS: readonly PartName[] = ['worker', 'api', 'simulator', 'temporal', 'postgres'];

/** The demo as somebody sees it in their terminal; it stays up at its end, so that its journal can be read. */
class RunningDemo {
  output = '';
  private readonly program: ChildProcess;

  constructor(private readonly directory: string) {
    this.program = spawn(process.execPath, [PROGRAM, 'demo', '--data', directory], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.program.stdout, this.program.stderr]) {
      stream?.on('data', (text) => (this.output += String(text)));
    }
  }

  /** Waits until it says so, or ends. */
  async says(words: string): Promise<void> {
    await waitUntil(() => this.output.includes(words) || this.program.exitCode !== null, PATIENCE_MS);
  }

  kill(part: PartName): void {
    const pid = readRuntime(dataDirectoryAt(this.directory)).pids[part];
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }

  /** Whatever the people of the story still do comes now, and not while its evidence is read. */
  async passDay(): Promise<void> {
    const { apiUrl, apiKey } = readRuntime(dataDirectoryAt(this.directory));
    await new ApiClient(apiUrl, apiKey, BACK_WITHIN_MS).post('/v1/sandbox/clock', { advance: 'P1D' });
  }

  /** @returns its exit status */
  async end(): Promise<number | null> {
    this.program.kill('SIGINT');
    await waitUntil(() => this.program.exitCode !== null, PATIENCE_MS);
    return this.program.exitCode;
  }
}

/** Any one of the processes dies at any moment of the demo; `KILL_SEED` repeats a run. */
describe('The demo', () => {
  const random = Random.ofEnvironment('KILL_SEED');
  let data: string;
  let demo: RunningDemo;

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'herald-demo-'));
  });
  afterEach(async () => {
    await demo.end();
    rmSync(data, { recursive: true, force: true });
  });

  it.each(PARTS)(
    `keeps every promise when its %s is killed (KILL_SEED=${random.seed})`,
    async (part) => {
      demo = new RunningDemo(data);
      const scene = random.pick(SCENES);
      const intoMs = Math.round(random.between(0, LONGEST_INTO_A_SCENE_MS));
      await demo.says(`\n${scene}`);
      await pause(intoMs);
      demo.kill(part);
      await demo.says(ITS_END);
      expect({ part, scene, intoMs, output: demo.output }).toMatchObject({ output: expect.stringContaining(ITS_END) });
      await demo.passDay();
      const { violations } = await judge(data);
      const status = await demo.end();
      expect({ part, scene, intoMs, status, output: demo.output }).toMatchObject({ status: 0 });
      expect(violations).toEqual([]);
    },
    PATIENCE_MS,
  );
});
