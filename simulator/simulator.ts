import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { play } from './clock/play';
import type { ProfileName } from './model/settings';
import { World } from './model/world';
import { createHttpServer } from './server/http-server';
import { closeAppConnections } from './webhooks/http-call';

export interface SimulatorOptions {
  /** Where the journal lies; made if it is not there. */
  readonly dataDir: string;
  readonly host: string;
  /** 0 chooses a free one. */
  readonly port: number;
  /** What a new simulator starts with; one that has a journal keeps its own. */
  readonly profile: ProfileName;
  readonly seed: number;
}

export interface Simulator {
  readonly url: string;
  /** Lets go of the port and closes the journal. */
  close(): Promise<void>;
}

/** Starts the simulator on what its directory holds. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { dataDir, host, port, profile, seed } = options;
  mkdirSync(dataDir, { recursive: true });
  const world = new World({ journalPath: join(dataDir, 'journal.ndjson'), profile, seed }, play);
  await world.open();
  const server = createHttpServer(world);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host}:${address.port}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      world.close();
      closeAppConnections();
    },
  };
}
