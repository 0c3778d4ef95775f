import { Module } from '@nestjs/common';
import { WakerModule } from '../outbox/waker.module';
import { CampaignAnswers } from './campaign-answers';
import { CampaignCommandsController } from './campaign-commands.controller';
import { CampaignCommandsService } from './campaign-commands.service';
import { CampaignContents } from './campaign-contents';
import { CampaignDrafts } from './campaign-drafts';
import { CampaignLedgerService } from './campaign-ledger.service';
import { CampaignPeopleController } from './campaign-people.controller';
import { CampaignsController } from './campaigns.controller';
import { CampaignsService } from './campaigns.service';
import { ChosenPeopleService } from './chosen-people.service';
import { DryRunService } from './dry-run.service';

const CONTROLLERS = [CampaignsController, CampaignCommandsController, CampaignPeopleController];
const SERVICES = [CampaignsService, CampaignCommandsService, ChosenPeopleService, CampaignLedgerService, DryRunService];

@Module({
  imports: [WakerModule],
  controllers: CONTROLLERS,
  providers: [...SERVICES, CampaignAnswers, CampaignContents, CampaignDrafts],
})
export class CampaignsModule {}
