import { Module } from '@nestjs/common';
import { WakerModule } from '../outbox/waker.module';
import { OrderEventsController } from './order-events.controller';
import { OrderEventsService } from './order-events.service';

@Module({ imports: [WakerModule], controllers: [OrderEventsController], providers: [OrderEventsService] })
export class OrderEventsModule {}
