import { Check, Entity, Index, PrimaryColumn } from 'typeorm';
import { BigInteger, OptionalMoment, Reference, Text } from '../columns';

/** What a subscriber or campaign workflow owes: it acts while `wake_seq > acted_seq` or something is due. */
@Entity('waits')
@Index('waits_behind', ['ownerId'], { where: 'wake_seq > acted_seq' })
@Index('waits_due', ['nextDueAt'], { where: 'next_due_at IS NOT NULL' })
@Check('waits_kind', `kind IN ('subscriber', 'campaign')`)
export class WaitEntity {
  @PrimaryColumn('uuid') ownerId!: string;
  @Reference() workspaceId!: string;
  @Reference() pageId!: string;
  @Text() kind!: string;
  @BigInteger({ default: 0 }) wakeSeq!: number;
  @BigInteger({ default: 0 }) actedSeq!: number;
  /** Business time. */
  @OptionalMoment() nextDueAt!: Date | null;
}
