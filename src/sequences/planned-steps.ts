import type { EntityManager } from 'typeorm';
import type { SubscriberIds } from '../../activities/subscriber.ports';
import type { RuleId } from '../../domain/rules/rule';
import { isoTime } from '../../domain/shared/iso-time';
import { decideOptInRequest } from '../../domain/subscriber/decide-opt-in-request';
import { readNowMs } from '../persistence/clock';
import { loadOptInFacts } from '../opt-in/opt-in-facts';
import { eligibilityOf } from '../subscribers/eligibility';
import type { PlannedStep } from './order-event';
import type { AskStep, SendStep, Step } from './steps';
import { laneOf, patienceMs } from './steps';

/** What the steps will do for a person, as the rules stand now: by the same decisions as the steps themselves. */
export async function plannedSteps(
  manager: EntityManager,
  ids: SubscriberIds,
  steps: readonly Step[],
): Promise<PlannedStep[]> {
  const nowMs = await readNowMs(manager);
  const planned: PlannedStep[] = [];
  for (const step of steps) {
    planned.push(
      'ask' in step
        ? await plannedAsk(manager, ids, step.ask, nowMs)
        : await plannedSend(manager, ids, step.send, nowMs),
    );
  }
  return planned;
}

async function plannedAsk(
  manager: EntityManager,
  ids: SubscriberIds,
  step: AskStep,
  nowMs: number,
): Promise<PlannedStep> {
  const facts = await loadOptInFacts(manager, { ...ids, topicId: step.topicId }, nowMs);
  if (facts === null) return { step: 'ask' };
  if (facts.alreadyOptedInToTopic) return { step: 'ask', at: isoTime(nowMs) };
  const until = isoTime(nowMs + patienceMs(step));
  const decision = decideOptInRequest({ ...facts, whenNotAllowed: 'wait' }, nowMs);
  if (decision.kind === 'ask') return { step: 'ask', at: isoTime(nowMs), until };
  const { ruleId, allowedAtMs } = decision;
  return { step: 'ask', ruleId, ...(allowedAtMs !== null && { at: isoTime(allowedAtMs) }), until };
}

async function plannedSend(
  manager: EntityManager,
  ids: SubscriberIds,
  step: SendStep,
  nowMs: number,
): Promise<PlannedStep> {
  const { decisions } = await eligibilityOf(manager, ids.workspaceId, ids.subscriberId, { content: step.purpose });
  const decision = decisions.find(({ lane }) => lane === lanePlanned(step, decisions));
  if (decision === undefined || decision.allowed) return { step: 'send', at: isoTime(nowMs) };
  const { ruleId, allowedAt } = decision;
  const reason = ruleId === undefined ? {} : { ruleId: ruleId as RuleId };
  return { step: 'send', ...reason, ...(allowedAt !== undefined && { at: allowedAt }) };
}

/** `auto` takes the free window while it is open, else the paid lane where the step allows it. */
function lanePlanned(
  step: SendStep,
  decisions: readonly { readonly lane: string; readonly allowed: boolean }[],
): 'window' | 'paid' {
  const lane = laneOf(step);
  if (lane !== 'auto') return lane;
  const isWindowOpen = decisions.some((decision) => decision.lane === 'window' && decision.allowed);
  return step.allowPaid === true && !isWindowOpen ? 'paid' : 'window';
}
