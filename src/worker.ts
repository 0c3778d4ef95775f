import 'reflect-metadata';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import { pino } from 'pino';
import type { HeraldConfig } from './config/env';
import { loadConfig } from './config/env';
import { armCrashPoints } from './crash-points';
import { describeError } from './errors/describe-error';
import { BUILT_BUNDLE } from './temporal/temporal-workers';
import { WorkerProgram } from './worker-program';

/** Starts the worker; SIGINT and SIGTERM let it finish what it has begun. */
async function main(): Promise<void> {
  const config = loadConfig();
  armCrashPoints(config.crashDirectory);
  const logger: Logger = pino({ level: config.logLevel });
  installRuntime(config, logger);
  const program = new WorkerProgram(config, BUILT_BUNDLE, logger);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      program.stop();
    });
  logger.info('The worker starts');
  await program.run();
}

/** Signals are the program's, not the runtime's; its metrics go to Prometheus where a port is given. */
function installRuntime(config: HeraldConfig, logger: Logger): void {
  const metrics =
    config.workerMetricsPort === null
      ? {}
      : { metrics: { prometheus: { bindAddress: `${config.http.host}:${config.workerMetricsPort}` } } };
  Runtime.install({
    shutdownSignals: [],
    telemetryOptions: metrics,
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      const { activityType, workflowType, workflowId, attempt, error } = (meta ?? {}) as Record<string, unknown>;
      const about = { activityType, workflowType, workflowId, attempt };
      logger.warn({ temporal: level, ...about, ...(error !== undefined && { error: describeError(error) }) }, message);
    }),
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
