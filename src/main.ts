import 'reflect-metadata';
import { Logger } from 'nestjs-pino';
import { buildApp } from './app';
import { loadConfig } from './config/env';
import { armCrashPoints } from './crash-points';

/** Starts the API. */
async function main(): Promise<void> {
  const config = loadConfig();
  armCrashPoints(config.crashDirectory);
  const app = await buildApp(config);
  await app.listen(config.http.port, config.http.host);
  app.get(Logger).log(`The API listens on ${await app.getUrl()}.`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
