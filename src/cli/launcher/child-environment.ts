import type { Environment } from '../../config/read-environment';
import type { LauncherEnvironment } from '../../config/launcher-environment';
import type { Addresses, EmbeddedParts } from './addresses';
import type { Ports } from './ports';
import type { StackSecrets } from './secrets';
import type { SimulatedApp } from './simulator-control';

/** What API and worker need to know of a stack. */
export interface StackFacts {
  readonly environment: LauncherEnvironment;
  readonly embedded: EmbeddedParts;
  readonly addresses: Addresses;
  readonly ports: Ports;
  readonly secrets: StackSecrets;
  /** The app that the simulator made; absent where Meta itself is used. */
  readonly app?: SimulatedApp;
}

/** @returns the environment of the API and the worker: what the caller set, completed by what this stack made up */
export function childEnvironment(facts: StackFacts): NodeJS.ProcessEnv {
  const { environment, addresses, ports, secrets, app } = facts;
  return {
    HERALD_KEYS: secrets.encryptionRing,
    HERALD_LOOKUP_KEY: secrets.lookupKey,
    META_VERIFY_TOKEN: secrets.verifyToken,
    HERALD_SANDBOX: facts.embedded.simulator ? '1' : '0',
    WORKER_METRICS_PORT: String(ports.workerMetrics),
    ...withoutEmpty(environment.all),
    HOST: '127.0.0.1',
    PORT: String(ports.api),
    DATABASE_URL: addresses.databaseUrl,
    TEMPORAL_ADDRESS: addresses.temporalAddress,
    TEMPORAL_NAMESPACE: addresses.temporalNamespace,
    GRAPH_API_URL: addresses.graphApiUrl,
    ...(addresses.temporalUiUrl !== undefined && { TEMPORAL_UI_URL: addresses.temporalUiUrl }),
    ...(app && { META_APP_SECRETS: `${app.id}:${app.secret}` }),
  };
}

/** An empty variable counts as absent. */
function withoutEmpty(variables: Environment): Environment {
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
}
