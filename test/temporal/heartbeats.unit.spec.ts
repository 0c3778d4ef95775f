import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Context } from '@temporalio/activity';
import { heartbeats } from '../../src/temporal/heartbeats';

type Activity = Parameters<typeof heartbeats>[0];

describe('An activity', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const beats = jest.fn();
  const anActivity = (isLocal: boolean): Activity => {
    beats.mockClear();
    return { heartbeat: beats, info: { isLocal } as Context['info'] };
  };
  const run = (activity: Activity, work: () => Promise<unknown>): Promise<unknown> | undefined =>
    heartbeats(activity).inbound?.execute?.({ args: [], headers: {} }, work);

  it('says every second that it is under way, and no more once it has ended', async () => {
    const running = run(anActivity(false), () => new Promise((resolve) => setTimeout(resolve, 3_500)));
    await jest.advanceTimersByTimeAsync(3_500);
    await running;
    await jest.advanceTimersByTimeAsync(5_000);
    expect(beats).toHaveBeenCalledTimes(3);
  });

  it('says no more once it has failed', async () => {
    const running = run(anActivity(false), () => Promise.reject(new Error('broken')));
    await expect(running).rejects.toThrow('broken');
    await jest.advanceTimersByTimeAsync(5_000);
    expect(beats).not.toHaveBeenCalled();
  });

  it('says nothing where it is part of a workflow task', async () => {
    const running = run(anActivity(true), () => new Promise((resolve) => setTimeout(resolve, 3_500)));
    await jest.advanceTimersByTimeAsync(3_500);
    await running;
    expect(beats).not.toHaveBeenCalled();
  });
});
