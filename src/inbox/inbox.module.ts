import { Module } from '@nestjs/common';
import { MetaWebhookController } from './meta-webhook.controller';
import { MetaWebhookService } from './meta-webhook.service';

/** Webhooks in. */
@Module({ controllers: [MetaWebhookController], providers: [MetaWebhookService] })
export class InboxModule {}
