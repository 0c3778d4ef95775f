import { shared } from './global-setup';

/** Ends the servers of the run and removes their files. */
export default async function globalTeardown(): Promise<void> {
  await shared.heraldTestServers?.stop();
}
