import { workflowInfo } from '@temporalio/workflow';

/** Decides when a run hands over to the next: its history is what a cold replay costs. */
export class HandOver {
  private quietAtEvents: number | null = null;

  /** @param maxEvents - how many events a run may grow beyond its first quiet moment */
  constructor(private readonly maxEvents: number) {}

  /**
   * Whether to continue as new; asked when nothing is left to do. Counting from the first quiet moment keeps a run with
   * many timers from handing over before it has done anything.
   */
  isDue(): boolean {
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    this.quietAtEvents ??= historyLength;
    return continueAsNewSuggested || historyLength - this.quietAtEvents >= this.maxEvents || isNewerVersionOut();
  }
}

/** Whether workers of a newer version wait for this run to come over. */
export function isNewerVersionOut(): boolean {
  return workflowInfo().targetWorkerDeploymentVersionChanged;
}
