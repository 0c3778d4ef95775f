import { describe, expect, it } from '@jest/globals';
import { GroupCommit } from '../../src/inbox/group-commit';

/** A commit that remembers its groups and fails for groups with a bad request. */
function recording(isBad: (request: number) => boolean = () => false, error: () => Error = () => new Error('bad')) {
  const groups: number[][] = [];
  const commit = async (requests: readonly number[]): Promise<void> => {
    groups.push([...requests]);
    await new Promise((resolve) => setImmediate(resolve));
    if (requests.some(isBad)) throw error();
  };
  return { groups, group: new GroupCommit(commit) };
}

const range = (length: number): number[] => Array.from({ length }, (_, n) => n);
const outcomes = async (promises: readonly Promise<void>[]): Promise<string[]> =>
  (await Promise.allSettled(promises)).map(({ status }) => status);

describe('Group commit', () => {
  it('stores requests that come together in one transaction', async () => {
    const { groups, group } = recording();
    await Promise.all(range(100).map((n) => group.add(n)));
    expect(groups).toEqual([range(100)]);
  });

  it('keeps a group within its size', async () => {
    const { groups, group } = recording();
    await Promise.all(range(1_200).map((n) => group.add(n)));
    expect(groups.map(({ length }) => length)).toEqual([500, 500, 200]);
  });

  it('tries the requests of a failed group alone, so that one bad one costs nobody else', async () => {
    const { groups, group } = recording((n) => n === 3);
    const settled = await outcomes(range(6).map((n) => group.add(n)));
    expect(settled).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(groups[0]).toEqual(range(6));
    expect(
      groups
        .slice(1)
        .map(([only]) => only)
        .sort(),
    ).toEqual(range(6));
  });

  it('gives up a whole group when the database cannot be reached', async () => {
    const refused = (): Error => Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const { groups, group } = recording(() => true, refused);
    expect(await outcomes(range(5).map((n) => group.add(n)))).toEqual(Array(5).fill('rejected'));
    expect(groups).toHaveLength(1);
  });

  it('goes on with the next group while one waits', async () => {
    const endOfFirst = { now: (): void => undefined };
    const stored: number[] = [];
    const group = new GroupCommit<number>(async (requests) => {
      if (requests.includes(0)) await new Promise<void>((resolve) => (endOfFirst.now = resolve));
      stored.push(...requests);
    });
    const first = group.add(0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await group.add(1);
    expect(stored).toEqual([1]);
    endOfFirst.now();
    await first;
    expect(stored).toEqual([1, 0]);
  });
});
