import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BigInteger, Moment, OptionalReference, Reference, Text } from '../columns';

/** One movement of money; written only by the statement that moved the send. */
@Entity('budget_entries')
@Index('budget_entries_once', ['sendId', 'claimNo', 'kind'], { unique: true, where: 'send_id IS NOT NULL' })
@Check('budget_entries_kind', `kind IN ('reserve', 'charge', 'release', 'adjust')`)
export class BudgetEntryEntity {
  @PrimaryColumn('uuid') campaignId!: string;
  @PrimaryColumn('uuid') id!: string;
  @Reference() workspaceId!: string;
  @Text() budgetDay!: string;
  @OptionalReference() sendId!: string | null;
  @Column('integer', { default: 0 }) claimNo!: number;
  @Text() kind!: string;
  @BigInteger() amountMinor!: number;
  @Moment() at!: Date;
}
