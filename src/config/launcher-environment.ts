import { InvalidValueError } from './parse-value';
import { given, InvalidEnvironmentError, type Environment } from './read-environment';
import { VARIABLES, type Variable } from './variables';

/** What the environment tells the launcher and the CLI; absent = not set. */
export interface LauncherEnvironment {
  /** The variables themselves, for the programs that the launcher starts. */
  readonly all: Environment;
  readonly databaseUrl?: string;
  readonly apiDatabaseUrl?: string;
  readonly temporalAddress?: string;
  readonly temporalUiUrl?: string;
  readonly temporalNamespace: string;
  readonly graphApiUrl?: string;
  readonly sandbox?: boolean;
  readonly metaVerifyToken?: string;
  /** That of the API. */
  readonly port?: number;
  readonly temporalCliPath?: string;
  readonly cacheDirectory?: string;
  /** The user's own cache directory, where the system names one. */
  readonly userCache?: string;
  readonly path: string;
  readonly heraldApiUrl?: string;
  readonly heraldApiKey?: string;
}

/**
 * Reads what was set, without defaults: a part whose address is absent is started by the launcher.
 * @throws InvalidEnvironmentError when a value has a wrong form
 */
export function loadLauncherEnvironment(environment: Environment = process.env): LauncherEnvironment {
  const optional = {
    databaseUrl: parsed(VARIABLES.databaseUrl, environment),
    apiDatabaseUrl: parsed(VARIABLES.apiDatabaseUrl, environment),
    temporalAddress: parsed(VARIABLES.temporalAddress, environment),
    temporalUiUrl: parsed(VARIABLES.temporalUiUrl, environment),
    graphApiUrl: parsed(VARIABLES.graphApiUrl, environment),
    sandbox: parsed(VARIABLES.sandbox, environment),
    metaVerifyToken: given(VARIABLES.metaVerifyToken, environment),
    port: parsed(VARIABLES.port, environment),
    temporalCliPath: given(VARIABLES.temporalCliPath, environment),
    cacheDirectory: given(VARIABLES.cacheDirectory, environment),
    userCache: environment['XDG_CACHE_HOME'],
    heraldApiUrl: parsed(VARIABLES.heraldApiUrl, environment),
    heraldApiKey: given(VARIABLES.heraldApiKey, environment),
  };
  return {
    all: environment,
    temporalNamespace: given(VARIABLES.temporalNamespace, environment) ?? VARIABLES.temporalNamespace.default,
    path: environment['PATH'] ?? '',
    ...withoutAbsent(optional),
  };
}

function parsed<Value>(variable: Variable<Value>, environment: Environment): Value | undefined {
  const text = given(variable, environment);
  try {
    return text === undefined ? undefined : variable.parse(text);
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    throw new InvalidEnvironmentError([`${variable.name} ${error.message}`]);
  }
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutAbsent<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}
