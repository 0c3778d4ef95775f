import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { BigInteger, Reference } from '../columns';

/** The money counters of a campaign, or of one of its budget days. */
@Entity('campaign_budgets')
@Check('campaign_budgets_counters', 'reserved_minor >= 0')
export class CampaignBudgetEntity {
  @PrimaryColumn('uuid') campaignId!: string;
  /** `lifetime`, or the local day of the ad account as `YYYY-MM-DD`. */
  @PrimaryColumn('text') budgetDay!: string;
  @Reference() workspaceId!: string;
  @BigInteger() budgetMinor!: number;
  @BigInteger({ default: 0 }) reservedMinor!: number;
  @BigInteger({ default: 0 }) spentMinor!: number;
  @BigInteger({ nullable: true }) metaSpendMinor!: number | null;
  /** A delivery after its release was booked: no further claims. */
  @Column('boolean', { default: false }) overdrawn!: boolean;
}
