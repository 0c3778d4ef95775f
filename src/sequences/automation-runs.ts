import type { DataSource, EntityManager } from 'typeorm';
import type { AutomationRuns, RunResult, SubscriberIds } from '../../activities/subscriber.ports';
import type { ContentKeys } from '../ledger/campaign-content';
import { readNowMs } from '../persistence/clock';
import { inTransaction } from '../persistence/database';
import { walkAsk } from './ask-step';
import type { RunRow } from './run-row';
import { isUnderWay, readRun, writeRun } from './run-row';
import { walkSend } from './send-step';
import type { StepOutcome } from './step-outcome';
import type { Step } from './steps';
import { openSteps, stepsOfRun } from './steps';

/** Runs in Postgres: one step a transaction, so that each step takes its locks in the one order. */
export class PostgresAutomationRuns implements AutomationRuns {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: ContentKeys,
  ) {}

  advance(ids: SubscriberIds, runId: string): Promise<RunResult> {
    return inTransaction(this.dataSource, async (manager) => {
      const run = await readRun(manager, ids, runId);
      if (run === null || !isUnderWay(run)) return { state: run?.state ?? 'cancelled', step: run?.step ?? 0 };
      const nowMs = await readNowMs(manager);
      const after = rowAfter(run, await this.walk(manager, ids, run, nowMs));
      await writeRun(manager, ids, run, after, nowMs);
      return { state: after.state, step: after.step };
    });
  }

  private async walk(manager: EntityManager, ids: SubscriberIds, run: RunRow, nowMs: number): Promise<StepOutcome> {
    const step = this.stepsOf(run)[run.step];
    if (step === undefined) return { kind: 'end', state: 'done', reason: null };
    return 'ask' in step
      ? walkAsk(manager, ids, run, step.ask, nowMs)
      : walkSend(manager, this.keys, ids, run, step.send);
  }

  private stepsOf({ id, stepsSealed }: RunRow): readonly Step[] {
    return stepsSealed === null ? [] : openSteps(this.keys.envelope, stepsSealed, stepsOfRun(id));
  }
}

function rowAfter(run: RunRow, outcome: StepOutcome): RunRow {
  switch (outcome.kind) {
    case 'next':
      return { ...run, state: 'running', step: run.step + 1, optInRequestId: null, sendId: null, dueAtMs: null };
    case 'wait':
      return {
        ...run,
        state: 'waiting',
        optInRequestId: outcome.optInRequestId ?? run.optInRequestId,
        sendId: outcome.sendId ?? run.sendId,
        dueAtMs: outcome.dueAtMs,
      };
    case 'end':
      return { ...run, state: outcome.state, reason: outcome.reason, dueAtMs: null };
  }
}
