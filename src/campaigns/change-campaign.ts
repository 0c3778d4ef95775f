import type { EntityManager } from 'typeorm';
import { isFinal } from '../../domain/campaign/campaign-transitions';
import type { CampaignState } from '../../domain/campaign/campaign-transitions';
import { Problem } from '../errors/problem';
import { LIFETIME, readBudget } from '../ledger/money';
import { CampaignBudgetEntity, CampaignEntity, MessageSetEntity } from '../persistence/entities';
import { setOf } from './campaign-rows';
import type { UpdateBudgetDto, UpdateCampaignRequestDto } from './dto/update-campaign-request.dto';

/** The end as a PATCH names it, and in which of its two places. */
export interface NamedEnd {
  readonly field: 'endAt' | 'schedule.endAt';
  readonly endAt: Date;
}

/** @returns the end that a PATCH asks for; undefined when it names none */
export function endOf({ endAt, schedule }: UpdateCampaignRequestDto): NamedEnd | undefined {
  if (schedule?.endAt !== undefined) return { field: 'schedule.endAt', endAt: new Date(schedule.endAt) };
  return endAt === undefined ? undefined : { field: 'endAt', endAt: new Date(endAt) };
}

/** @throws Problem 409 with the state when the campaign is over */
export function requireOpen({ state }: CampaignEntity): void {
  if (!isFinal(state as CampaignState)) return;
  throw new Problem('CAMPAIGN.STATE', { state, detail: `The campaign is ${state}: only its name can change.` });
}

/** @throws Problem 422 when a field is repeated with another value than the one that cannot change */
export async function requireUnchanged(
  manager: EntityManager,
  campaign: CampaignEntity,
  { budget, schedule }: UpdateCampaignRequestDto,
): Promise<void> {
  if (schedule?.startAt !== undefined && Date.parse(schedule.startAt) !== campaign.startAt.getTime()) {
    throw Problem.fields({ field: 'schedule.startAt', reason: 'cannot be changed' });
  }
  if (budget?.currency !== undefined && budget.currency !== (await setOf(manager, campaign.id)).currency) {
    throw Problem.fields({ field: 'budget.currency', reason: 'cannot be changed' });
  }
}

/**
 * Moves the end of a locked campaign.
 *
 * @throws Problem 422 when it is not in the future or not after the start
 */
export async function changeEnd(
  manager: EntityManager,
  { id, startAt }: CampaignEntity,
  { field, endAt }: NamedEnd,
  nowMs: number,
): Promise<void> {
  if (endAt.getTime() <= nowMs) throw Problem.fields({ field, reason: 'must be in the future' });
  if (endAt <= startAt) throw Problem.fields({ field, reason: 'must be after startAt' });
  await manager.update(CampaignEntity, { id }, { endAt });
}

/**
 * Raises or lowers the budget of a locked campaign.
 *
 * @throws Problem 409 when it would go below what is reserved and spent
 */
export async function changeBudget(
  manager: EntityManager,
  { id: campaignId, workspaceId }: CampaignEntity,
  { amountMinor: budgetMinor }: UpdateBudgetDto,
): Promise<void> {
  const counters = await readBudget(manager, workspaceId, campaignId, 'lock');
  const { reservedMinor, spentMinor } = counters ?? { reservedMinor: 0, spentMinor: 0 };
  if (budgetMinor < reservedMinor + spentMinor) {
    throw new Problem('CAMPAIGN.BUDGET_COMMITTED', { facts: { reservedMinor, spentMinor, budgetMinor } });
  }
  // A budget that covers what Meta billed beyond the old one is no longer overdrawn.
  await manager.update(CampaignBudgetEntity, { campaignId, budgetDay: LIFETIME }, { budgetMinor, overdrawn: false });
  await manager.update(MessageSetEntity, { campaignId }, { budgetMinor });
}
