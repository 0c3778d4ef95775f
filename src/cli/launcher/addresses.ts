import type { LauncherEnvironment } from '../../config/launcher-environment';
import { EMBEDDED_OWNER } from './embedded-postgres';
import type { PortName, Ports } from './ports';

/** Where the parts of a stack are reached. */
export interface Addresses {
  readonly apiUrl: string;
  /** The owner's. */
  readonly databaseUrl: string;
  /** host:port */
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  readonly temporalUiUrl?: string;
  readonly temporalMetricsUrl?: string;
  readonly graphApiUrl: string;
  /** Absent where Meta itself, or another simulator, is used. */
  readonly simulatorUrl?: string;
}

/** Which parts the launcher starts itself: those whose address the environment does not give. */
export interface EmbeddedParts {
  readonly postgres: boolean;
  readonly temporal: boolean;
  readonly simulator: boolean;
}

export function embeddedParts(environment: LauncherEnvironment): EmbeddedParts {
  return {
    postgres: environment.databaseUrl === undefined,
    temporal: environment.temporalAddress === undefined,
    simulator: environment.graphApiUrl === undefined,
  };
}

/** @returns the ports that a stack with these parts needs */
export function neededPorts(embedded: EmbeddedParts): PortName[] {
  return [
    'api',
    'workerMetrics',
    ...(embedded.simulator ? (['simulator'] as const) : []),
    ...(embedded.temporal ? (['temporal', 'temporalUi', 'temporalMetrics'] as const) : []),
    ...(embedded.postgres ? (['postgres'] as const) : []),
  ];
}

/** @param databasePassword - of the embedded Postgres */
export function addressesOf(environment: LauncherEnvironment, ports: Ports, databasePassword: string): Addresses {
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  const simulatorUrl = at(ports.simulator);
  return {
    apiUrl: at(ports.api),
    databaseUrl:
      environment.databaseUrl ?? `postgres://${EMBEDDED_OWNER}:${databasePassword}@127.0.0.1:${ports.postgres}/herald`,
    temporalNamespace: environment.temporalNamespace,
    graphApiUrl: environment.graphApiUrl ?? simulatorUrl,
    ...(environment.graphApiUrl === undefined && { simulatorUrl }),
    ...(environment.temporalAddress === undefined
      ? {
          temporalAddress: `127.0.0.1:${ports.temporal}`,
          temporalUiUrl: at(ports.temporalUi),
          temporalMetricsUrl: `${at(ports.temporalMetrics)}/metrics`,
        }
      : {
          temporalAddress: environment.temporalAddress,
          ...(environment.temporalUiUrl !== undefined && { temporalUiUrl: environment.temporalUiUrl }),
        }),
  };
}
