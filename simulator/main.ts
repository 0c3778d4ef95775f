import { isProfileName } from './model/settings';
import { startSimulator, type SimulatorOptions } from './simulator';

const USUAL_PORT = 4010;

function readOptions(env: NodeJS.ProcessEnv): SimulatorOptions {
  const profile = env['SIMULATOR_PROFILE'] ?? 'happy';
  const port = Number(env['PORT'] ?? USUAL_PORT);
  const seed = Number(env['SIMULATOR_SEED'] ?? 1);
  if (!isProfileName(profile)) throw new Error(`SIMULATOR_PROFILE: there is no profile ${profile}`);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('PORT must be a port');
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error('SIMULATOR_SEED must be a whole number');
  return {
    profile,
    port,
    seed,
    host: env['HOST'] ?? '127.0.0.1',
    dataDir: env['SIMULATOR_DATA_DIR'] ?? '.herald/simulator',
  };
}

function log(level: 'info' | 'error', what: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify({ level, time: new Date().toISOString(), ...what })}\n`);
}

async function main(): Promise<void> {
  const simulator = await startSimulator(readOptions(process.env));
  log('info', { message: 'the simulator is ready', url: simulator.url, pid: process.pid });
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    void simulator.close().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
}

main().catch((error: unknown) => {
  log('error', { message: String(error) });
  process.exit(1);
});
