import { Module } from '@nestjs/common';
import { WakerModule } from '../outbox/waker.module';
import { FindSubscribers } from './find-subscribers';
import { Identities } from './identities';
import { PeopleAtPage } from './people-at-page';
import { PersonFields } from './person-fields';
import { SubscriberAnswers } from './subscriber-answers';
import { SubscriberRecord } from './subscriber-record';
import { SubscribersController } from './subscribers.controller';
import { SubscribersService } from './subscribers.service';

const OWN = [FindSubscribers, Identities, PersonFields, SubscriberAnswers, SubscriberRecord, SubscribersService];

@Module({
  imports: [WakerModule],
  controllers: [SubscribersController],
  providers: [...OWN, PeopleAtPage],
  exports: [PeopleAtPage],
})
export class SubscribersModule {}
