import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { LoggerModule } from 'nestjs-pino';
import { ApiKeysModule } from './api-keys/api-keys.module';
import { AutomationsModule } from './automations/automations.module';
import { CampaignsModule } from './campaigns/campaigns.module';
import type { HeraldConfig } from './config/env';
import { ProblemFilter } from './errors/problem.filter';
import { HealthModule } from './health/health.module';
import { FoundationModule } from './http/foundation.module';
import { IdempotencyInterceptor } from './http/idempotency';
import { JsonBodyInterceptor } from './http/json-body';
import { LocationInterceptor } from './http/location';
import { loggerOptions } from './http/logging';
import { DtoPipe } from './http/validation';
import { MessagesModule } from './messages/messages.module';
import { InboxModule } from './inbox/inbox.module';
import { MetricsModule } from './metrics/metrics.module';
import { OptInRequestsModule } from './opt-in-requests/opt-in-requests.module';
import { OrderEventsModule } from './order-events/order-events.module';
import { PagesModule } from './pages/pages.module';
import { RulesModule } from './rules/rules.module';
import { SandboxModule } from './sandbox/sandbox.module';
import { SubscribersModule } from './subscribers/subscribers.module';
import { TopicsModule } from './topics/topics.module';

const RESOURCES = [
  ApiKeysModule,
  PagesModule,
  TopicsModule,
  OptInRequestsModule,
  SubscribersModule,
  MessagesModule,
  CampaignsModule,
  AutomationsModule,
  OrderEventsModule,
  RulesModule,
];

/** Outermost first: an answer is stored with its location, and a body is parsed under its idempotency key. */
const INTERCEPTORS = [IdempotencyInterceptor, JsonBodyInterceptor, LocationInterceptor];

/** The API. */
@Module({})
export class AppModule {
  static with(config: HeraldConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        LoggerModule.forRoot(loggerOptions(config)),
        FoundationModule.with(config),
        HealthModule,
        MetricsModule,
        InboxModule,
        ...RESOURCES,
        ...(config.sandbox ? [SandboxModule] : []),
      ],
      providers: [
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useClass: DtoPipe },
        ...INTERCEPTORS.map((useClass) => ({ provide: APP_INTERCEPTOR, useClass })),
      ],
    };
  }
}
