import { describe, expect, it } from '@jest/globals';
import { eachBounded } from '../../src/worker-loops/bounded';
import { RoundLoop } from '../../src/worker-loops/loop';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const soon = (isSo: () => boolean): Promise<void> =>
  new Promise((resolve, reject) => {
    const endMs = performance.now() + 5_000;
    const look = (): void => {
      if (isSo()) resolve();
      else if (performance.now() > endMs) reject(new Error('It did not happen.'));
      else setTimeout(look, 2);
    };
    look();
  });

describe('A loop', () => {
  it('goes round until it is stopped, and lets the round under way end', async () => {
    let rounds = 0;
    let isUnderWay = false;
    const loop = new RoundLoop(
      'test',
      async () => {
        isUnderWay = true;
        await new Promise((resolve) => setTimeout(resolve, 5));
        rounds += 1;
        isUnderWay = false;
        return 0;
      },
      silent,
    );
    loop.start();
    await soon(() => rounds >= 3);
    await loop.stop();
    expect(isUnderWay).toBe(false);
    const after = rounds;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(rounds).toBe(after);
  });

  it('wakes at once when there is work', async () => {
    let rounds = 0;
    const loop = new RoundLoop('test', () => Promise.resolve(++rounds && 60_000), silent);
    loop.start();
    await soon(() => rounds === 1);
    loop.nudge();
    await soon(() => rounds === 2);
    await loop.stop();
  });

  it('does not sleep when it was woken while it worked', async () => {
    let rounds = 0;
    const loop: RoundLoop = new RoundLoop(
      'test',
      () => {
        rounds += 1;
        if (rounds === 1) loop.nudge();
        return Promise.resolve(60_000);
      },
      silent,
    );
    loop.start();
    await soon(() => rounds === 2);
    await loop.stop();
  });

  it('says what failed without its message, and goes on', async () => {
    const said: unknown[] = [];
    let rounds = 0;
    const loop = new RoundLoop(
      'test',
      () => {
        rounds += 1;
        return rounds === 1 ? Promise.reject(new Error('token 4263172597193563921')) : Promise.resolve(60_000);
      },
      { ...silent, error: (...facts: unknown[]) => said.push(facts) },
    );
    loop.start();
    await soon(() => rounds === 2);
    await loop.stop();
    expect(said).toHaveLength(1);
    expect(JSON.stringify(said)).not.toContain('4263172597193563921');
  });
});

describe('Bounded work', () => {
  it('runs everything, and never more than its width at a time', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    await eachBounded(
      Array.from({ length: 50 }, (_, n) => n),
      7,
      async (n) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        done.push(n);
      },
    );
    expect(done).toHaveLength(50);
    expect(most).toBe(7);
  });
});
