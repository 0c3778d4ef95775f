import { Module } from '@nestjs/common';
import { WakerModule } from '../outbox/waker.module';
import { ConnectPage } from './connect-page';
import { DisconnectPage } from './disconnect-page';
import { PageAtMeta } from './page-at-meta';
import { PageSyncsController } from './page-syncs.controller';
import { PageSyncsService } from './page-syncs.service';
import { PagesController } from './pages.controller';
import { PagesService } from './pages.service';

@Module({
  imports: [WakerModule],
  controllers: [PagesController, PageSyncsController],
  providers: [PagesService, ConnectPage, DisconnectPage, PageAtMeta, PageSyncsService],
})
export class PagesModule {}
