import type { EntityManager } from 'typeorm';
import { In, MoreThan } from 'typeorm';
import type { SendState } from '../../domain/delivery/send-transitions';
import { BudgetEntryEntity, SendEntity, SendStateEntity } from '../persistence/entities';
import { pendingOf } from './pending';

/** Which part of a campaign's ledger is read. */
export interface LedgerPart {
  /** Id of the row before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** The recipients of a campaign in the order they were chosen, one more than the limit when there are more. */
export const recipients = (
  manager: EntityManager,
  campaignId: string,
  { states, after, limit }: LedgerPart & { readonly states?: readonly SendState[] | undefined },
): Promise<SendEntity[]> => {
  const [pending = null, ...others] = pendingOf(states ?? []);
  return manager.find(SendEntity, {
    where: {
      campaignId,
      ...(states !== undefined && { state: In([...states]) }),
      ...(pending !== null && others.length === 0 && { pending }),
      ...(after !== undefined && { id: MoreThan(after) }),
    },
    order: { id: 'ASC' },
    take: limit + 1,
  });
};

/** The movements of a campaign's money, oldest first, one more than the limit when there are more. */
export const ledgerEntries = (
  manager: EntityManager,
  campaignId: string,
  { after, limit }: LedgerPart,
): Promise<BudgetEntryEntity[]> =>
  manager.find(BudgetEntryEntity, {
    where: { campaignId, ...(after !== undefined && { id: MoreThan(after) }) },
    order: { id: 'ASC' },
    take: limit + 1,
  });

/** A send by its own id; its history says which campaign's it is. @returns null when there is none */
export async function findSend(manager: EntityManager, sendId: string): Promise<SendEntity | null> {
  const step = await manager.findOneBy(SendStateEntity, { sendId });
  return step === null ? null : manager.findOneBy(SendEntity, { campaignId: step.campaignId, id: sendId });
}
