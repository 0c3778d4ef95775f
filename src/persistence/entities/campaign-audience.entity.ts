import { Entity, PrimaryColumn } from 'typeorm';
import { Reference } from '../columns';

/** A person in a frozen audience, fixed when the campaign started. */
@Entity('campaign_audience')
export class CampaignAudienceEntity {
  @PrimaryColumn('uuid') campaignId!: string;
  @PrimaryColumn('uuid') subscriberId!: string;
  @Reference() workspaceId!: string;
}
