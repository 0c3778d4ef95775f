import type { EntityManager } from 'typeorm';
import { In } from 'typeorm';
import type { SendState } from '../../domain/delivery/send-transitions';
import { CampaignBudgetEntity, SendEntity } from '../persistence/entities';
import type { BudgetCounters } from './money';
import { LIFETIME, remainingMinor } from './money';

/** What the ledger says of one campaign; money in minor units. */
export interface CampaignFigures {
  readonly money: BudgetCounters & { readonly remainingMinor: number };
  /** How many sends are in exactly each state; absent where none is. */
  readonly states: ReadonlyMap<SendState, number>;
}

const NO_MONEY: BudgetCounters = {
  budgetMinor: 0,
  reservedMinor: 0,
  spentMinor: 0,
  metaSpendMinor: null,
  overdrawn: false,
};

/** Money and states of several campaigns, two statements in all. */
export async function campaignFigures(
  manager: EntityManager,
  campaignIds: readonly string[],
): Promise<ReadonlyMap<string, CampaignFigures>> {
  if (campaignIds.length === 0) return new Map();
  const ids = [...campaignIds];
  const budgets = await manager.findBy(CampaignBudgetEntity, { campaignId: In(ids), budgetDay: LIFETIME });
  const money = new Map(budgets.map((budget) => [budget.campaignId, budget]));
  const states = await countStates(manager, ids);
  return new Map(
    ids.map((id) => {
      const counters = money.get(id) ?? NO_MONEY;
      const figures = { ...counters, remainingMinor: remainingMinor(counters) };
      return [id, { money: figures, states: states.get(id) ?? new Map<SendState, number>() }];
    }),
  );
}

interface Counted {
  readonly campaignId: string;
  readonly state: SendState;
  readonly count: number;
}

async function countStates(
  manager: EntityManager,
  campaignIds: string[],
): Promise<ReadonlyMap<string, ReadonlyMap<SendState, number>>> {
  const counted = await manager
    .createQueryBuilder(SendEntity, 'send')
    .select('send.campaignId', 'campaignId')
    .addSelect('send.state', 'state')
    .addSelect('count(*)', 'count')
    .where('send.campaignId IN (:...campaignIds)', { campaignIds })
    .groupBy('send.campaignId')
    .addGroupBy('send.state')
    .getRawMany<Counted>();
  const states = new Map<string, Map<SendState, number>>();
  for (const { campaignId, state, count } of counted) {
    states.set(campaignId, (states.get(campaignId) ?? new Map<SendState, number>()).set(state, count));
  }
  return states;
}
