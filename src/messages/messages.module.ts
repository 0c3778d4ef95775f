import { Module } from '@nestjs/common';
import { WakerModule } from '../outbox/waker.module';
import { MessagesController } from './messages.controller';
import { MessagesService } from './messages.service';

@Module({ imports: [WakerModule], controllers: [MessagesController], providers: [MessagesService] })
export class MessagesModule {}
