import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { CommandError } from '../command-error';
import { readJson, writePrivateJson } from './private-file';
import { waitUntil } from './wait-until';

/** The ports of a stack, all on 127.0.0.1. */
export const USUAL_PORTS = {
  api: 3000,
  simulator: 4000,
  temporal: 7233,
  temporalUi: 8233,
  temporalMetrics: 9233,
  workerMetrics: 9464,
  postgres: 55432,
} as const;

export type PortName = keyof typeof USUAL_PORTS;
export type Ports = Readonly<Record<PortName, number>>;

const LOOPBACK = '127.0.0.1';
/**
 * A port is let go of a moment before its program binds it. Whoever uses it holds the same port here for as long as the
 * launcher lives, and every launcher asks here first: another stack can neither take the port nor answer in our name.
 */
const CLAIMS = '127.0.0.2';
const NEIGHBOURS = 50;
const FREE_AGAIN_MS = 3_000;
/** Below those that systems give to outgoing connections: one of these could take a port before its program binds it. */
const ANY_PORT = [15_000, 30_000] as const;

/** Ports held open until the program they are for is about to start, so that nobody else picks them meanwhile. */
export class ReservedPorts {
  constructor(
    readonly ports: Ports,
    private readonly servers: ReadonlyMap<PortName, Server>,
    private readonly claims: readonly Server[],
  ) {}

  /** Lets go of the named ports; each must be bound right after. */
  async release(...names: readonly PortName[]): Promise<void> {
    await Promise.all(names.map((name) => closeServer(this.servers.get(name))));
  }

  /** Lets go of all that is still held, and of the claims. */
  async releaseAll(): Promise<void> {
    await this.release(...(Object.keys(this.ports) as PortName[]));
    await Promise.all(this.claims.map(closeServer));
  }
}

/**
 * Takes the ports of a data directory: those it had before, else the usual ones where they are free, else any.
 * @param path - the file that remembers them
 * @param wanted - the ports that this stack needs
 * @param apiPort - that of the API, where the environment demands one
 * @throws CommandError when a remembered port is taken by another program
 */
export async function reservePorts(
  path: string,
  wanted: readonly PortName[],
  apiPort?: number,
): Promise<ReservedPorts> {
  const remembered: Partial<Ports> = {
    ...(readJson(path) as Partial<Ports> | undefined),
    ...(apiPort !== undefined && { api: apiPort }),
  };
  const servers = new Map<PortName, Server>();
  const claims: Server[] = [];
  const ports: Record<PortName, number> = { ...USUAL_PORTS, ...remembered };
  try {
    for (const name of wanted) {
      const { server, claim } = await reserve(name, remembered[name], path);
      servers.set(name, server);
      if (claim) claims.push(claim);
      ports[name] = portOf(server);
    }
  } catch (error) {
    await Promise.all([...servers.values(), ...claims].map(closeServer));
    throw error;
  }
  writePrivateJson(path, ports);
  return new ReservedPorts(ports, servers, claims);
}

/** @returns so many ports that nothing listens on at this moment, all different */
export async function anyFreePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere));
  const ports = servers.map(portOf);
  await Promise.all(servers.map(closeServer));
  return ports;
}

/** The threads of a killed program outlive it by a moment, and hold its port till then. */
async function reserveOnceFree(port: number): Promise<Reservation | undefined> {
  let reservation: Reservation | undefined;
  const isReserved = async (): Promise<boolean> => (reservation = await tryReserve(port)) !== undefined;
  await waitUntil(isReserved, FREE_AGAIN_MS);
  return reservation;
}

async function reserve(name: PortName, remembered: number | undefined, path: string): Promise<Reservation> {
  if (remembered !== undefined) {
    const reservation = await reserveOnceFree(remembered);
    if (reservation) return reservation;
    throw new CommandError(
      `Port ${remembered} (${name}), which this data directory uses, is taken by another program: end that program, or delete ${path} to let Herald choose other ports.`,
    );
  }
  const usual = USUAL_PORTS[name];
  for (let port = usual; port <= usual + NEIGHBOURS; port += 1) {
    const reservation = await tryReserve(port);
    if (reservation) return reservation;
  }
  return { server: await listenAnywhere(), claim: undefined };
}

/** A port that is held for a program, and the claim by which other launchers know. */
interface Reservation {
  readonly server: Server;
  /** Undefined where the machine has one loopback address only. */
  readonly claim: Server | undefined;
}

async function tryReserve(port: number): Promise<Reservation | undefined> {
  let claim: Server | undefined;
  try {
    claim = await claimPort(port);
    return { server: await listen(port), claim };
  } catch (error) {
    await closeServer(claim);
    if (isTaken(error)) return undefined;
    throw error;
  }
}

function isTaken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' || code === 'EACCES';
}

async function claimPort(port: number): Promise<Server | undefined> {
  try {
    return await listen(port, CLAIMS);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRNOTAVAIL') return undefined;
    throw error;
  }
}

async function listenAnywhere(): Promise<Server> {
  for (;;) {
    try {
      return await listen(randomInt(...ANY_PORT));
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
}

function listen(port: number, host: string = LOOPBACK): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      server.unref();
      resolve(server);
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A listening TCP server has a port.');
  return address.port;
}

function closeServer(server: Server | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (!server?.listening) {
      resolve();
      return;
    }
    server.close(() => {
      resolve();
    });
  });
}
