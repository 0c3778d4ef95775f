import { appSecrets, keyRing, secretKey } from './parse-secrets';
import { anyText, flag, graphVersion, hostAndPort, httpUrl, integerBetween, oneOf, postgresUrl } from './parse-value';

/** One environment variable: its name, what it means and how its text is read. */
export interface Variable<Value> {
  readonly name: string;
  /** One sentence for people; stands in `.env.example`. */
  readonly sentence: string;
  readonly unit?: string;
  /** The value that holds when the variable is absent. */
  readonly default?: string;
  /** Shown in `.env.example` where there is no default. */
  readonly example?: string;
  readonly required?: true;
  /** Never echoed, and in production neither absent nor at its default. */
  readonly secret?: true;
  readonly parse: (text: string) => Value;
}

const DEVELOPMENT_KEY = 'aGVyYWxkLWRldmVsb3BtZW50LW9ubHktMzItYnl0ZXM=';
const port = integerBetween(0, 65_535);
const positive = integerBetween(1, 1_000_000);

/** Every variable that Herald reads. */
export const VARIABLES = {
  databaseUrl: {
    name: 'DATABASE_URL',
    sentence: 'Postgres as the owner of the schema; the launcher starts an embedded one when this is absent.',
    example: 'postgres://herald:password@127.0.0.1:5432/herald',
    required: true,
    parse: postgresUrl,
  },
  apiDatabaseUrl: {
    name: 'API_DATABASE_URL',
    sentence: 'Postgres for REST requests (role herald_api); derived from DATABASE_URL when absent.',
    parse: postgresUrl,
  },
  ingestDatabaseUrl: {
    name: 'INGEST_DATABASE_URL',
    sentence: 'Postgres for webhooks (role herald_ingest); derived from DATABASE_URL when absent.',
    parse: postgresUrl,
  },
  workerDatabaseUrl: {
    name: 'WORKER_DATABASE_URL',
    sentence: 'Postgres for the worker (role herald_worker); derived from DATABASE_URL when absent.',
    parse: postgresUrl,
  },
  temporalAddress: {
    name: 'TEMPORAL_ADDRESS',
    sentence: 'Temporal server (1.31 or newer); the launcher starts a development server when this is absent.',
    unit: 'host:port',
    default: '127.0.0.1:7233',
    parse: hostAndPort,
  },
  temporalNamespace: {
    name: 'TEMPORAL_NAMESPACE',
    sentence: 'Namespace of all workflows; created by `migrate`.',
    default: 'herald',
    parse: anyText,
  },
  temporalUiUrl: {
    name: 'TEMPORAL_UI_URL',
    sentence: "Temporal's web UI, for the links that answers carry.",
    default: 'http://127.0.0.1:8233',
    parse: httpUrl,
  },
  graphApiUrl: {
    name: 'GRAPH_API_URL',
    sentence: "Meta's Graph API; the launcher starts the simulator when this is absent.",
    default: 'https://graph.facebook.com',
    parse: httpUrl,
  },
  graphApiVersion: {
    name: 'GRAPH_API_VERSION',
    sentence: 'Version of the Graph API that every call names.',
    default: 'v25.0',
    parse: graphVersion,
  },
  metaAppSecrets: {
    name: 'META_APP_SECRETS',
    sentence: 'App secrets that may sign webhooks, `appId:secret`, comma-separated.',
    default: 'herald-development-secret',
    secret: true,
    parse: appSecrets,
  },
  metaVerifyToken: {
    name: 'META_VERIFY_TOKEN',
    sentence: 'Word that Meta repeats when it verifies the webhook address.',
    default: 'herald-development-token',
    secret: true,
    parse: anyText,
  },
  keys: {
    name: 'HERALD_KEYS',
    sentence: 'Encryption ring, `keyId:base64(32 bytes)`, comma-separated; the first encrypts, all decrypt.',
    default: `development:${DEVELOPMENT_KEY}`,
    secret: true,
    parse: keyRing,
  },
  lookupKey: {
    name: 'HERALD_LOOKUP_KEY',
    sentence: 'Key of the hashes by which people are found, base64 of 32 bytes; never changed once there is data.',
    default: DEVELOPMENT_KEY,
    secret: true,
    parse: secretKey,
  },
  sandbox: {
    name: 'HERALD_SANDBOX',
    sentence: '1 lets the clock be moved; refused in production. The launcher sets it with the simulator.',
    default: '0',
    parse: flag,
  },
  host: {
    name: 'HOST',
    sentence: 'Address the API listens on.',
    default: '127.0.0.1',
    parse: anyText,
  },
  port: {
    name: 'PORT',
    sentence: 'Port the API listens on.',
    default: '3000',
    parse: port,
  },
  publicUrl: {
    name: 'PUBLIC_URL',
    sentence: 'Address under which others reach the API; http://HOST:PORT when absent.',
    example: 'https://herald.example.com',
    parse: httpUrl,
  },
  environment: {
    name: 'NODE_ENV',
    sentence: 'production refuses the sandbox, default secrets and an http:// Graph API.',
    default: 'development',
    parse: anyText,
  },
  logLevel: {
    name: 'LOG_LEVEL',
    sentence: 'Least severity that is logged.',
    default: 'info',
    parse: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
  },
  sendRateStart: {
    name: 'SEND_RATE_START',
    sentence: "Rate at which a Page's lease starts; 300 in the sandbox when absent.",
    unit: 'messages per second',
    default: '10',
    parse: positive,
  },
  outcomeSignalsPerSecond: {
    name: 'OUTCOME_SIGNALS_PER_SECOND',
    sentence: "Pace at which a campaign's outcomes are told to the workflows of its people.",
    unit: 'signals per second',
    default: '50',
    parse: positive,
  },
  holdWorkflowMax: {
    name: 'HOLD_WORKFLOW_MAX',
    sentence:
      "Most held people of a campaign that wait in their own workflow; beyond it the campaign's workflow waits.",
    unit: 'people',
    default: '1000',
    parse: integerBetween(0, 1_000_000),
  },
  subscriberIdleDays: {
    name: 'SUBSCRIBER_IDLE_DAYS',
    sentence: 'Idle time after which the workflow of a person ends until their next event; never when absent.',
    unit: 'days',
    parse: positive,
  },
  buildId: {
    name: 'HERALD_BUILD_ID',
    sentence: 'Build id of the worker; turns worker versioning on.',
    parse: anyText,
  },
  startPaused: {
    name: 'HERALD_START_PAUSED',
    sentence: '1 has the worker pause every campaign and send nothing: for a database that was restored.',
    default: '0',
    parse: flag,
  },
  workerMetricsPort: {
    name: 'WORKER_METRICS_PORT',
    sentence: "Port of the worker's Prometheus metrics on 127.0.0.1; none when absent.",
    parse: port,
  },
  temporalCliPath: {
    name: 'TEMPORAL_CLI_PATH',
    sentence: 'Launcher: a `temporal` binary (1.9 or newer) to use as it is.',
    parse: anyText,
  },
  crashDirectory: {
    name: 'HERALD_CRASH_DIR',
    sentence: 'Sandbox: a file here that is named like a crash point kills the process that comes there.',
    example: '/tmp/herald-crash',
    parse: anyText,
  },
  cacheDirectory: {
    name: 'HERALD_CACHE_DIR',
    sentence: "Launcher: where downloads are kept; the user's cache directory when absent.",
    parse: anyText,
  },
  heraldApiUrl: {
    name: 'HERALD_API_URL',
    sentence: 'CLI: the API to speak to; that of the running stack when absent.',
    parse: httpUrl,
  },
  heraldApiKey: {
    name: 'HERALD_API_KEY',
    sentence: 'CLI: the API key to use; that of the running stack when absent.',
    parse: anyText,
  },
} as const satisfies Record<string, Variable<unknown>>;
