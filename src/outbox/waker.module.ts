import { Inject, Module } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { Client, Connection } from '@temporalio/client';
import type { HeraldConfig } from '../config/env';
import { ApiDatabase } from '../http/databases';
import { HERALD_CONFIG } from '../http/herald-config';
import { Waker } from './waker';
import { TemporalSignals } from './workflow-signals';

/** No retries of its own: the drainer tells whoever was not told, and nothing goes on after a shutdown. */
const CONNECTION = {
  provide: Connection,
  inject: [HERALD_CONFIG],
  useFactory: ({ temporal }: HeraldConfig) => Connection.lazy({ address: temporal.address, interceptors: [] }),
};

const WAKER = {
  provide: Waker,
  inject: [Connection, ApiDatabase, HERALD_CONFIG],
  useFactory: (connection: Connection, { dataSource }: ApiDatabase, { temporal, http }: HeraldConfig) =>
    new Waker(
      dataSource,
      new TemporalSignals(new Client({ connection, namespace: temporal.namespace }), http.publicUrl),
    ),
};

/** The way from a committed request to the workflows; connected with the first signal. */
@Module({ providers: [CONNECTION, WAKER], exports: [Waker] })
export class WakerModule implements OnApplicationShutdown {
  constructor(@Inject(Connection) private readonly connection: Connection) {}

  async onApplicationShutdown(): Promise<void> {
    await this.connection.close();
  }
}
