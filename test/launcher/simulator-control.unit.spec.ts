import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SimulatorControl } from '../../src/cli/launcher/simulator-control';
import { closeConnections } from '../simulator/support/http-client';
import { Sandbox } from '../simulator/support/sandbox';

describe('The app of a stack in the simulator', () => {
  let sandbox: Sandbox;
  let control: SimulatorControl;
  const at = (port: number): string => `http://127.0.0.1:${port}/webhooks/meta`;
  const appIds = async (): Promise<unknown[]> =>
    ((await sandbox.control('GET', '/apps')).json.data as { id: string }[]).map(({ id }) => id);

  beforeAll(async () => {
    sandbox = await Sandbox.start();
    control = new SimulatorControl(sandbox.url);
  });
  afterAll(async () => {
    await sandbox.close();
    closeConnections();
  });

  it('is one, made once', async () => {
    const before = await appIds();
    const app = await control.appFor(at(3000), 'verify me');
    expect(await control.appFor(at(3000), 'verify me')).toEqual(app);
    expect(await appIds()).toEqual([...before, app.id]);
  });

  it('moves with the API and its token, so that the Pages of before still reach it', async () => {
    const app = await control.appFor(at(3000), 'verify me');
    const before = await appIds();
    const moved = await control.appFor(at(3001), 'another token');
    expect(moved).toEqual({ ...app, webhookUrl: at(3001), verifyToken: 'another token' });
    expect(await appIds()).toEqual(before);
  });
});
