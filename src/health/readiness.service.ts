import { connect } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { HeraldConfig } from '../config/env';
import { ApiDatabase } from '../http/databases';
import { HERALD_CONFIG } from '../http/herald-config';
import { rows } from '../persistence/database';
import type { ReadinessDto } from './dto/health.dto';

/** A probe that takes longer counts as down, milliseconds. */
const TIMEOUT_MS = 1_000;

/** Asks everything the API stands on. */
@Injectable()
export class ReadinessService {
  constructor(
    private readonly database: ApiDatabase,
    @Inject(HERALD_CONFIG) private readonly config: HeraldConfig,
  ) {}

  async check(): Promise<ReadinessDto> {
    const [migrations, temporal] = await Promise.all([this.migrations(), accepts(this.config.temporal.address)]);
    return {
      status: migrations === 'done' ? 'ready' : 'not_ready',
      postgres: migrations === 'unknown' ? 'down' : 'up',
      migrations,
      temporal: temporal ? 'up' : 'down',
    };
  }

  private async migrations(): Promise<ReadinessDto['migrations']> {
    try {
      const { manager, migrations } = this.database.dataSource;
      const done = await within(TIMEOUT_MS, rows<{ name: string }>(manager, 'SELECT name FROM migrations'));
      const names = new Set(done.map(({ name }) => name));
      return migrations.every(({ name, constructor }) => names.has(name ?? constructor.name)) ? 'done' : 'pending';
    } catch (error) {
      return isMissingTable(error) ? 'pending' : 'unknown';
    }
  }
}

const isMissingTable = (error: unknown): boolean =>
  ['42P01', '42501'].includes(String((error as { readonly code?: unknown }).code));

/** Whether something takes connections at `host:port`. */
function accepts(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`tcp://${address}`);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: TIMEOUT_MS });
    const settle = (isUp: boolean) => () => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once('connect', settle(true)).once('error', settle(false)).once('timeout', settle(false));
  });
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error('The answer took too long.'));
    }, limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
