import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { Reference } from '../columns';

/** A keyed hash by which a person is found: PSID, external id, e-mail or phone. */
@Entity('subscriber_identities')
@Index('subscriber_identities_subscriber', ['subscriberId'])
export class SubscriberIdentityEntity {
  @PrimaryColumn('uuid') pageId!: string;
  @PrimaryColumn('text') kind!: string;
  @PrimaryColumn('bytea') hash!: Buffer;
  @Reference() workspaceId!: string;
  @Reference() subscriberId!: string;
  /** The external id, e-mail or phone itself, encrypted; the PSID stands in `subscribers`. */
  @Column('bytea', { nullable: true }) sealed!: Buffer | null;
}
