import { connect } from 'node:net';
import { SEARCH_ATTRIBUTE_FLAGS } from './temporal-namespace';
import type { Program } from './program';

/** Where the parts of a development server listen, all on 127.0.0.1. */
export interface TemporalPorts {
  readonly frontend: number;
  readonly metrics: number;
  /** Absent = no web UI. */
  readonly ui?: number;
}

/**
 * Without these a person's workflow could be started once a second only, a queue served 1,200 tasks a second, and the next
 * attempt after a worker's death began up to a second later than it is due: a new timer never comes before what the
 * server has already looked ahead to, for clocks of other hosts that a development server does not have.
 */
const DYNAMIC_CONFIG = [
  'frontend.WorkflowTimeSkippingEnabled=true',
  'matching.enableFairness=true',
  'matching.rps=20000',
  'frontend.rps=20000',
  'frontend.namespaceRPS=20000',
  'history.workflowIdReuseMinimalInterval="0s"',
  'history.timerProcessorMaxTimeShift="50ms"',
];

/**
 * @param binary - the `temporal` program
 * @param namespace - created by the server when it is missing
 * @param database - file that keeps its state; absent = memory only
 * @returns how to start the development server
 */
export function temporalServer(binary: string, namespace: string, ports: TemporalPorts, database?: string): Program {
  const flags = {
    '--ip': '127.0.0.1',
    '--port': String(ports.frontend),
    '--metrics-port': String(ports.metrics),
    '--namespace': namespace,
    '--log-format': 'json',
    '--log-level': 'warn',
    ...(ports.ui !== undefined && { '--ui-port': String(ports.ui) }),
    ...(database !== undefined && { '--db-filename': database }),
  };
  return {
    command: binary,
    args: [
      ...['server', 'start-dev'],
      ...Object.entries(flags).flat(),
      ...(ports.ui === undefined ? ['--headless'] : ['--ui-disable-news-fetch']),
      ...['journal_mode=WAL', 'synchronous=OFF'].flatMap((pragma) => ['--sqlite-pragma', pragma]),
      ...SEARCH_ATTRIBUTE_FLAGS.flatMap((attribute) => ['--search-attribute', attribute]),
      ...DYNAMIC_CONFIG.flatMap((setting) => ['--dynamic-config-value', setting]),
    ],
  };
}

/** @returns whether something listens there; a plain connection, because an early gRPC channel backs off for a second */
export function acceptsConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const settle = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => {
      settle(true);
    });
    socket.once('error', () => {
      settle(false);
    });
  });
}
