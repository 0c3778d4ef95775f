import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { RuleId } from '../../domain/rules/rule';
import type { RequestKey } from '../http/current-key';
import { Tenant } from '../http/tenant';
import type { CampaignRecord } from '../ledger/campaign-record';
import { readCampaign } from '../ledger/campaign-record';
import { decide } from '../ledger/decide';
import { readBudget, remainingMinor } from '../ledger/money';
import { loadPeople } from '../ledger/people';
import { readNowMs } from '../persistence/clock';
import type { CampaignEntity } from '../persistence/entities';
import { audienceQuery } from './audience-query';
import { notPossible, requireTime } from './campaign-commands.service';
import { findCampaign, setOf } from './campaign-rows';
import type { AudienceDto } from './dto/audience.dto';
import type { StartDryRunDto } from './dto/start.dto';
import { priceOf } from './price-of';

/** People read at a time. */
const STRIDE = 500;

/** What is counted while the audience is walked. */
interface Tally {
  audience: number;
  send: number;
  held: number;
  refused: number;
  beyondBudget: number;
  readonly byRule: Partial<Record<RuleId, number>>;
}

/** Says what a start would do, by the decisions a batch takes, and changes nothing. */
@Injectable()
export class DryRunService {
  constructor(private readonly tenant: Tenant) {}

  /** @throws Problem 409 with the state when a start is not possible */
  start({ workspaceId }: RequestKey, id: string): Promise<StartDryRunDto> {
    return this.tenant.read(workspaceId, async (manager) => {
      const campaign = await findCampaign(manager, id);
      if (campaign.state !== 'draft') throw notPossible('start', campaign);
      const nowMs = await readNowMs(manager);
      requireTime(campaign, nowMs);
      const tally = await tallyAudience(manager, campaign, Math.max(nowMs, campaign.startAt.getTime()));
      return { dryRun: true, ...tally };
    });
  }
}

async function tallyAudience(manager: EntityManager, campaign: CampaignEntity, atMs: number): Promise<Tally> {
  const tally: Tally = { audience: 0, send: 0, held: 0, refused: 0, beyondBudget: 0, byRule: {} };
  const set = await setOf(manager, campaign.id);
  const record = await readCampaign(manager, campaign.workspaceId, campaign.id);
  if (set.audience === null || record === null) return tally;
  const budget = await readBudget(manager, campaign.workspaceId, campaign.id);
  const payable = Math.floor((budget === null ? 0 : remainingMinor(budget)) / priceOf(campaign, set).unitCostMinor);
  for await (const ids of strides(manager, campaign, set.audience)) {
    await tallyStride(manager, asIfStarted(record), ids, atMs, tally, payable);
  }
  return tally;
}

/** The state is what a start changes; readiness at Meta makes people wait and decides nothing about them. */
const asIfStarted = (record: CampaignRecord): CampaignRecord => ({ ...record, state: 'active', reason: null });

async function* strides(
  manager: EntityManager,
  campaign: CampaignEntity,
  audience: AudienceDto,
): AsyncGenerator<readonly string[]> {
  let after: string | undefined;
  do {
    const people = audienceQuery(manager, campaign, audience).orderBy('person.id').limit(STRIDE);
    if (after !== undefined) people.andWhere('person.id > :after', { after });
    const found = await people.getRawMany<{ id: string }>();
    if (found.length > 0) yield found.map(({ id }) => id);
    after = found.length < STRIDE ? undefined : found.at(-1)?.id;
  } while (after !== undefined);
}

async function tallyStride(
  manager: EntityManager,
  campaign: CampaignRecord,
  ids: readonly string[],
  atMs: number,
  tally: Tally,
  payable: number,
): Promise<void> {
  const { whenSlotTaken, workspaceId } = campaign;
  const choice = { lane: 'paid', purpose: 'promotional', contentProblem: null, whenSlotTaken } as const;
  for (const person of (await loadPeople(manager, workspaceId, ids)).values()) {
    const decision = decide(campaign, person, { ...choice, remainingMinor: null, readyAtMs: null }, atMs);
    tally.audience += 1;
    if (decision.kind !== 'send') {
      tally[decision.kind === 'hold' ? 'held' : 'refused'] += 1;
      count(tally, decision.ruleId);
    } else if (tally.send < payable) {
      tally.send += 1;
    } else {
      tally.beyondBudget += 1;
      count(tally, 'R-14');
    }
  }
}

const count = ({ byRule }: Tally, ruleId: RuleId): void => {
  byRule[ruleId] = (byRule[ruleId] ?? 0) + 1;
};
