import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CampaignCommand, CampaignReason, CampaignState } from '../../domain/campaign/campaign-transitions';
import { campaignMovesTo, stateAfterResume } from '../../domain/campaign/campaign-transitions';
import { Problem } from '../errors/problem';
import type { RequestKey } from '../http/current-key';
import { RequestContext } from '../http/request-context';
import { Tenant } from '../http/tenant';
import { moveCampaign } from '../ledger/campaign-effects';
import { wake } from '../outbox/wake';
import { Waker } from '../outbox/waker';
import { readNowMs } from '../persistence/clock';
import { CampaignEntity } from '../persistence/entities';
import { CampaignAnswers } from './campaign-answers';
import { findCampaign, lockCampaign, setOf } from './campaign-rows';
import { closedProblem } from './closed-problem';
import type { CampaignDto } from './dto/campaign.dto';
import { freezeAudience } from './freeze-audience';
import { refreshSignal } from '../../workflows/shared/lifecycle.contract';
import { pauseSignal, resumeSignal, stopSignal } from '../../workflows/campaign/campaign.contract';

/** What a command means: where it has happened already, why the campaign is there then, and what its workflow hears. */
interface Command {
  readonly done: readonly CampaignState[];
  readonly reason: CampaignReason | null;
  readonly signal: string;
  /** Whether it makes sense after the schedule's end. */
  readonly needsTime: boolean;
}

const COMMANDS: Readonly<Record<CampaignCommand, Command>> = {
  start: { done: ['scheduled', 'populating', 'active'], reason: null, signal: refreshSignal.name, needsTime: true },
  pause: { done: ['paused'], reason: 'paused_by_request', signal: pauseSignal.name, needsTime: false },
  resume: { done: ['scheduled', 'populating', 'active'], reason: null, signal: resumeSignal.name, needsTime: true },
  stop: { done: ['stopped'], reason: 'stopped_by_request', signal: stopSignal.name, needsTime: false },
};

/** Starts, pauses, resumes and stops: the row moves along the one table, and its workflow hears of it. */
@Injectable()
export class CampaignCommandsService {
  constructor(
    private readonly tenant: Tenant,
    private readonly answers: CampaignAnswers,
    private readonly waker: Waker,
  ) {}

  /**
   * Carries out a command; where it has happened already nothing changes.
   *
   * @throws Problem 409 with the state when it is not possible
   */
  carryOut({ workspaceId }: RequestKey, id: string, command: CampaignCommand): Promise<CampaignDto> {
    return this.tenant.transaction(workspaceId, async (manager) => {
      const campaign = await lockCampaign(manager, id);
      const isDone = COMMANDS[command].done.some((state) => state === campaign.state);
      if (!isDone) await this.move(manager, campaign, command);
      const [shown] = await this.answers.show(manager, [await findCampaign(manager, id)]);
      if (shown === undefined) throw new Problem('NOT_FOUND');
      return shown;
    });
  }

  private async move(manager: EntityManager, campaign: CampaignEntity, command: CampaignCommand): Promise<void> {
    const { needsTime, reason, signal } = COMMANDS[command];
    const { id: campaignId, workspaceId, pageId } = campaign;
    const to = targetOf(command, campaign);
    if (!campaignMovesTo(to, command).some((state) => state === campaign.state)) throw notPossible(command, campaign);
    const nowMs = await readNowMs(manager);
    if (needsTime) requireTime(campaign, nowMs);
    if (command === 'start') await begin(manager, campaign, nowMs);
    await moveCampaign(manager, { workspaceId, campaignId }, to, command, reason, nowMs);
    const owed = await wake(manager, { workspaceId, pageId, ownerKind: 'campaign', ownerId: campaignId, signal });
    RequestContext.afterCommit(() => this.waker.deliver([owed]));
  }
}

function targetOf(command: CampaignCommand, { resumesTo }: CampaignEntity): CampaignState {
  switch (command) {
    case 'start':
      return 'scheduled';
    case 'pause':
      return 'paused';
    case 'resume':
      return stateAfterResume(resumesTo as CampaignState | null);
    case 'stop':
      return 'stopped';
  }
}

/** Fixes what a start fixes: the moment, and who is in the audience. */
async function begin(manager: EntityManager, campaign: CampaignEntity, nowMs: number): Promise<void> {
  const { audience } = await setOf(manager, campaign.id);
  const audienceSize = audience === null ? 0 : await freezeAudience(manager, campaign, audience);
  await manager.update(CampaignEntity, { id: campaign.id }, { startedAt: new Date(nowMs), audienceSize });
}

/** @throws Problem 409 with R-16 when the schedule has ended */
export function requireTime({ state, reason, endAt }: CampaignEntity, nowMs: number): void {
  const endAtMs = endAt?.getTime() ?? null;
  if (endAtMs !== null && nowMs >= endAtMs) throw closedProblem({ state, reason, endAtMs }, nowMs);
}

/** 409 with the state that does not allow a command. */
export const notPossible = (command: CampaignCommand, { state }: CampaignEntity): Problem =>
  new Problem('CAMPAIGN.STATE', { state, detail: `The campaign is ${state}: ${command} is not possible.` });
