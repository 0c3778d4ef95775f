import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { HeraldConfig } from '../config/env';
import { createDataSource } from '../persistence/data-source';
import { roleUrl } from '../persistence/role-urls';
import { HERALD_CONFIG } from './herald-config';

const API_CONNECTIONS = 20;
const INGEST_CONNECTIONS = 10;

/** A pool that opens with the application and closes after its last request. */
abstract class Database implements OnModuleInit, OnApplicationShutdown {
  protected constructor(readonly dataSource: DataSource) {}

  async onModuleInit(): Promise<void> {
    await this.dataSource.initialize();
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}

/** The pool under `herald_api`: row-level security shows it one workspace at a time (`Tenant`). */
@Injectable()
export class ApiDatabase extends Database {
  constructor(@Inject(HERALD_CONFIG) { database }: HeraldConfig) {
    super(
      createDataSource(database.apiUrl ?? roleUrl(database.ownerUrl, 'herald_api'), {
        applicationName: 'herald-api',
        size: API_CONNECTIONS,
      }),
    );
  }
}

/** The pool under `herald_ingest`: webhooks in, and the look-up of keys before the workspace is known. */
@Injectable()
export class IngestDatabase extends Database {
  constructor(@Inject(HERALD_CONFIG) { database }: HeraldConfig) {
    super(
      createDataSource(database.ingestUrl ?? roleUrl(database.ownerUrl, 'herald_ingest'), {
        applicationName: 'herald-ingest',
        size: INGEST_CONNECTIONS,
      }),
    );
  }
}
