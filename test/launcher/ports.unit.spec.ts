import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { reservePorts, USUAL_PORTS } from '../../src/cli/launcher/ports';
import { temporaryFolders } from './temporary-folder';

const aFolder = temporaryFolders();
const WANTED = ['api', 'simulator', 'temporal'] as const;

describe('Ports of a data directory', () => {
  it('are different from those of a stack that runs beside it', async () => {
    const first = await reservePorts(join(aFolder(), 'ports.json'), WANTED);
    const second = await reservePorts(join(aFolder(), 'ports.json'), WANTED);
    const taken = [first, second].flatMap(({ ports }) => WANTED.map((name) => ports[name]));
    expect(new Set(taken).size).toBe(taken.length);
    await Promise.all([first.releaseAll(), second.releaseAll()]);
  });

  it('are not chosen by another stack while their programs are about to start', async () => {
    const first = await reservePorts(join(aFolder(), 'ports.json'), WANTED);
    await first.release(...WANTED);
    const second = await reservePorts(join(aFolder(), 'ports.json'), WANTED);
    for (const name of WANTED) expect(second.ports[name]).not.toBe(first.ports[name]);
    await Promise.all([first.releaseAll(), second.releaseAll()]);
  });

  it('are the usual ones or their neighbours', async () => {
    const reserved = await reservePorts(join(aFolder(), 'ports.json'), WANTED);
    for (const name of WANTED) expect(reserved.ports[name] - USUAL_PORTS[name]).toBeGreaterThanOrEqual(0);
    await reserved.releaseAll();
  });

  it('stay the same across restarts', async () => {
    const file = join(aFolder(), 'ports.json');
    const first = await reservePorts(file, WANTED);
    await first.releaseAll();
    const again = await reservePorts(file, WANTED);
    expect(again.ports).toEqual(first.ports);
    await again.releaseAll();
  });

  it('are refused with the remedy when another program has taken one', async () => {
    const file = join(aFolder(), 'ports.json');
    const first = await reservePorts(file, WANTED);
    await expect(reservePorts(file, WANTED)).rejects.toThrow(
      `Port ${first.ports.api} (api), which this data directory uses, is taken by another program`,
    );
    await first.releaseAll();
  });
});
