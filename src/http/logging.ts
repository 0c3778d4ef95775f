import type { Params } from 'nestjs-pino';
import type { LoggerOptions } from 'pino';
import type { HeraldConfig } from '../config/env';

/** Whatever a careless line may name, it does not leave in clear. */
const NEVER_LOGGED = [
  'authorization',
  'token',
  'pageToken',
  'systemUserToken',
  'secret',
  'psid',
  'email',
  'phone',
  'text',
];

/** What Nest tells of its own start: OpenAPI lists the routes. */
const FRAMEWORK = new Set<unknown>([
  'NestFactory',
  'NestApplication',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
]);
const INFO = 30;

const hooks: NonNullable<LoggerOptions['hooks']> = {
  logMethod(line, method, level) {
    const [first] = line as readonly unknown[];
    const isFramework = level === INFO && FRAMEWORK.has((first as { readonly context?: unknown } | undefined)?.context);
    if (!isFramework) method.apply(this, line);
  },
};

/** JSON lines; requests are logged by `request-log.ts`, which knows what of them may stand in a log. */
export function loggerOptions({ logLevel }: HeraldConfig): Params {
  const paths = NEVER_LOGGED.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*["${name}"]`]);
  return {
    forRoutes: [],
    pinoHttp: { level: logLevel, autoLogging: false, redact: { paths, censor: '[redacted]' }, hooks },
  };
}
