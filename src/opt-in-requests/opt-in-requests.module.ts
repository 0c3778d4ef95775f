import { Module } from '@nestjs/common';
import { WakerModule } from '../outbox/waker.module';
import { SubscribersModule } from '../subscribers/subscribers.module';
import { OptInRequestsController } from './opt-in-requests.controller';
import { OptInRequestsService } from './opt-in-requests.service';

@Module({
  imports: [SubscribersModule, WakerModule],
  controllers: [OptInRequestsController],
  providers: [OptInRequestsService],
})
export class OptInRequestsModule {}
