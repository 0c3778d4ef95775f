import type { DynamicModule } from '@nestjs/common';
import { Global, Inject, Module } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { HeraldConfig } from '../config/env';
import { GraphClient } from '../graph-api/graph-client';
import { Envelope } from '../security/envelope';
import { LookupHash } from '../security/lookup-hash';
import { ApiDatabase, IngestDatabase } from './databases';
import { HERALD_CONFIG } from './herald-config';
import { IdempotencyStore } from './idempotency-store';
import { KeyUsage } from './key-usage';
import { KnownKeys } from './known-keys';
import { RateLimit } from './rate-limit';
import { RequestGate } from './request-gate';
import { Tenant } from './tenant';

const GRAPH_CONNECTIONS = 32;

const SECRETS = [
  {
    provide: Envelope,
    inject: [HERALD_CONFIG],
    useFactory: ({ keys }: HeraldConfig) => new Envelope(keys.ring),
  },
  {
    provide: LookupHash,
    inject: [HERALD_CONFIG],
    useFactory: ({ keys }: HeraldConfig) => new LookupHash(keys.lookupKey),
  },
];

const GRAPH = {
  provide: GraphClient,
  inject: [HERALD_CONFIG],
  useFactory: ({ graph, meta }: HeraldConfig) =>
    new GraphClient({
      url: graph.baseUrl,
      version: graph.version,
      appSecret: meta.appSecrets[0]?.secret,
      connections: GRAPH_CONNECTIONS,
    }),
};

const OWN = [ApiDatabase, IngestDatabase, Tenant, KnownKeys, KeyUsage, RateLimit, RequestGate, IdempotencyStore];

/** What every module of the API stands on: configuration, databases, secrets, the way to Meta, and who is asking. */
@Global()
@Module({})
export class FoundationModule implements OnApplicationShutdown {
  constructor(@Inject(GraphClient) private readonly graph: GraphClient) {}

  static with(config: HeraldConfig): DynamicModule {
    const provided = [{ provide: HERALD_CONFIG, useValue: config }, ...SECRETS, GRAPH, ...OWN];
    return { module: FoundationModule, providers: provided, exports: provided };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.graph.close();
  }
}
