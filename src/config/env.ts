import type { AppSecret, EncryptionKey } from './parse-secrets';
import { given, InvalidEnvironmentError, readVariables, type Environment, type Values } from './read-environment';
import { VARIABLES, type Variable } from './variables';

/** All that the environment says, parsed once and frozen. */
export interface HeraldConfig {
  /** Postgres addresses; those of the roles only where they override what is derived from the owner's. */
  readonly database: {
    readonly ownerUrl: string;
    readonly apiUrl?: string;
    readonly ingestUrl?: string;
    readonly workerUrl?: string;
  };
  readonly temporal: {
    /** host:port */
    readonly address: string;
    readonly namespace: string;
    /** Without a slash at its end. */
    readonly uiUrl: string;
  };
  readonly graph: {
    /** Without version and without a slash at its end. */
    readonly baseUrl: string;
    /** Such as v25.0. */
    readonly version: string;
  };
  readonly meta: {
    readonly appSecrets: readonly AppSecret[];
    readonly verifyToken: string;
  };
  readonly keys: {
    /** The encrypting key first. */
    readonly ring: readonly EncryptionKey[];
    /** 32 bytes. */
    readonly lookupKey: Buffer;
  };
  /** Whether the clock can be moved. */
  readonly sandbox: boolean;
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** Without a slash at its end. */
    readonly publicUrl: string;
  };
  readonly rates: {
    /** Messages per second with which a Page's lease starts. */
    readonly sendRateStart: number;
    readonly outcomeSignalsPerSecond: number;
    /** People of a campaign who may wait in their own workflow. */
    readonly holdWorkflowMax: number;
  };
  /** Days; null = workflows of idle people stay open. */
  readonly subscriberIdleDays: number | null;
  /** null = no worker versioning. */
  readonly buildId: string | null;
  /** Whether the worker pauses every campaign, runs no workflow and sends nothing. */
  readonly startPaused: boolean;
  /** Where crash points are armed; null = nowhere. */
  readonly crashDirectory: string | null;
  readonly logLevel: Values['logLevel'];
  /** null = no metrics endpoint in the worker. */
  readonly workerMetricsPort: number | null;
  readonly production: boolean;
}

const SANDBOX_SEND_RATE_PER_SECOND = 300;

/**
 * Reads the environment, once, at the start of a program.
 * @throws InvalidEnvironmentError naming every variable that is wrong
 */
export function loadConfig(environment: Environment = process.env): HeraldConfig {
  const { values, problems } = readVariables(environment);
  if (problems.length === 0 && values.environment === 'production')
    problems.push(...productionProblems(values, environment));
  if (values.crashDirectory !== undefined && !values.sandbox)
    problems.push(`${VARIABLES.crashDirectory.name} is for the sandbox only`);
  if (problems.length > 0) throw new InvalidEnvironmentError(problems);
  return deepFreeze(toConfig(values, environment));
}

function toConfig(values: Values, environment: Environment): HeraldConfig {
  const rateIsGiven = given(VARIABLES.sendRateStart, environment) !== undefined;
  return {
    database: {
      ownerUrl: values.databaseUrl,
      ...(values.apiDatabaseUrl !== undefined && { apiUrl: values.apiDatabaseUrl }),
      ...(values.ingestDatabaseUrl !== undefined && { ingestUrl: values.ingestDatabaseUrl }),
      ...(values.workerDatabaseUrl !== undefined && { workerUrl: values.workerDatabaseUrl }),
    },
    temporal: { address: values.temporalAddress, namespace: values.temporalNamespace, uiUrl: values.temporalUiUrl },
    graph: { baseUrl: values.graphApiUrl, version: values.graphApiVersion },
    meta: { appSecrets: values.metaAppSecrets, verifyToken: values.metaVerifyToken },
    keys: { ring: values.keys, lookupKey: values.lookupKey },
    sandbox: values.sandbox,
    http: {
      host: values.host,
      port: values.port,
      publicUrl: values.publicUrl ?? `http://${values.host}:${values.port}`,
    },
    rates: {
      sendRateStart: values.sandbox && !rateIsGiven ? SANDBOX_SEND_RATE_PER_SECOND : values.sendRateStart,
      outcomeSignalsPerSecond: values.outcomeSignalsPerSecond,
      holdWorkflowMax: values.holdWorkflowMax,
    },
    subscriberIdleDays: values.subscriberIdleDays ?? null,
    buildId: values.buildId ?? null,
    startPaused: values.startPaused,
    crashDirectory: values.crashDirectory ?? null,
    logLevel: values.logLevel,
    workerMetricsPort: values.workerMetricsPort ?? null,
    production: values.environment === 'production',
  };
}

function productionProblems(values: Values, environment: Environment): string[] {
  const secrets: Variable<unknown>[] = Object.values(VARIABLES).filter(
    (variable: Variable<unknown>) => variable.secret,
  );
  const problems = secrets
    .filter((secret) => holdsDefault(secret, given(secret, environment)))
    .map((secret) => `${secret.name} must be a secret of your own in production`);
  if (values.sandbox) problems.push(`${VARIABLES.sandbox.name} must be 0 in production`);
  if (!values.graphApiUrl.startsWith('https://'))
    problems.push(`${VARIABLES.graphApiUrl.name} must be https:// in production`);
  return problems;
}

/** Whether a secret is absent, or its default is among its texts: also under another id, and behind one's own. */
function holdsDefault(secret: Variable<unknown>, text: string | undefined): boolean {
  if (text === undefined || secret.default === undefined) return true;
  const defaults = secretsIn(secret.parse(secret.default));
  return secretsIn(secret.parse(text)).some((own) => defaults.includes(own));
}

/** The secrets of a value: a text, bytes, or several with ids of their own. */
function secretsIn(value: unknown): string[] {
  if (Buffer.isBuffer(value)) return [value.toString('base64')];
  if (!Array.isArray(value)) return [String(value)];
  return (value as readonly (EncryptionKey | AppSecret)[]).flatMap((entry) =>
    secretsIn('key' in entry ? entry.key : entry.secret),
  );
}

/** Bytes stay as they are: a typed array cannot be frozen. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
