import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSimulator } from '../../simulator/simulator';
import type { Simulator } from '../../simulator/simulator';
import { HttpSimulatorClock } from '../../src/clock/simulator-clock';
import { SimulatorControl } from '../../src/clock/simulator-control';

const AT = Date.parse('2030-01-01T00:00:00Z');

const clockAt = (url: string): HttpSimulatorClock => new HttpSimulatorClock(new SimulatorControl(url));

let folder: string;
let simulator: Simulator;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'herald-clock-'));
  simulator = await startSimulator({ dataDir: folder, host: '127.0.0.1', port: 0, profile: 'happy', seed: 1 });
});
afterAll(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("The simulator's clock", () => {
  it('stands still where it is set, and looking at it changes nothing', async () => {
    const clock = clockAt(simulator.url);
    await clock.set({ nowMs: AT, frozen: true, wallMs: Date.now() });
    const first = await clock.look();
    expect(first).toMatchObject({ nowMs: AT, nextDueMs: null, isQuiet: true });
    expect(await clock.look()).toEqual(first);
  });

  it('runs on from the wall moment at which it held', async () => {
    const clock = clockAt(simulator.url);
    await clock.set({ nowMs: AT, frozen: false, wallMs: Date.now() - 5_000 });
    const state = await clock.look();
    expect((state?.nowMs ?? 0) - AT).toBeGreaterThanOrEqual(5_000);
    expect((state?.nowMs ?? 0) - AT).toBeLessThan(15_000);
  });
});

describe('Where there is no simulator', () => {
  it('there is no clock to set', async () => {
    const server = createServer((_request, response) => response.writeHead(404).end('{}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const clock = clockAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await clock.set({ nowMs: AT, frozen: true, wallMs: Date.now() });
    expect(await clock.look()).toBeNull();
    await new Promise((resolve) => server.close(resolve));
  });

  it("Meta's own host is not asked", async () => {
    expect(await clockAt('https://graph.facebook.com').look()).toBeNull();
  });

  it('a simulator that does not answer is an error, not an absence', async () => {
    await expect(clockAt('http://127.0.0.1:1').look()).rejects.toThrow();
  });
});
