import { ApplicationFailure } from '@temporalio/common';
import type {
  Acted,
  CancelledByOptOut,
  OptInRequestResult,
  RunResult,
  SubscriberIds,
  SubscriberPlan,
  SubscriberPorts,
  TokenHandle,
  WhileGranted,
} from './subscriber.ports';

/** What a subscriber workflow does outside itself; arguments and results carry ids, times and states only. */
export interface SubscriberActivities {
  loadSubscriber(ids: SubscriberIds): Promise<SubscriberPlan | null>;
  markActed(ids: SubscriberIds, acted: Acted): Promise<void>;
  closeSubscriber(ids: SubscriberIds, whileGranted: WhileGranted): Promise<boolean>;
  storeToken(ids: SubscriberIds, inboxId: string): Promise<TokenHandle | null>;
  askForOptIn(ids: SubscriberIds, requestId: string): Promise<OptInRequestResult>;
  advanceRun(ids: SubscriberIds, runId: string): Promise<RunResult>;
  optOut(ids: SubscriberIds): Promise<CancelledByOptOut>;
}

/** The activities over their ports. */
export function createSubscriberActivities(ports: SubscriberPorts): SubscriberActivities {
  return {
    loadSubscriber: (ids) => ports.record.load(ids),
    markActed: (ids, acted) => ports.record.markActed(ids, acted),
    closeSubscriber: (ids, whileGranted) => ports.record.close(ids, whileGranted),
    storeToken: (ids, inboxId) => ports.tokens.store(ids, inboxId),
    askForOptIn: (ids, requestId) => askForOptIn(ports, ids, requestId),
    advanceRun: (ids, runId) => ports.runs.advance(ids, runId),
    optOut: (ids) => ports.optOuts.finish(ids),
  };
}

/** Says `sending` before bytes leave, asks Meta once, and writes down what came of it. */
async function askForOptIn(
  { requests, optInSender }: SubscriberPorts,
  ids: SubscriberIds,
  requestId: string,
): Promise<OptInRequestResult> {
  const attempt = await requests.begin(ids, requestId);
  switch (attempt.kind) {
    case 'settled':
      return attempt.result;
    case 'under_way':
      throw later('Another attempt at this request may still be under way.', 'OptInUnderWay', attempt.waitMs);
    case 'ask': {
      const answer = await optInSender.send(attempt.message);
      const result = await requests.settle(ids, requestId, answer);
      if (answer.kind === 'not_sent') throw later('Meta could not be reached, nothing was sent.', 'MetaUnreachable');
      return result;
    }
  }
}

/** The server holds the retry; a given wait replaces its back-off. */
function later(message: string, type: string, waitMs?: number): ApplicationFailure {
  return ApplicationFailure.create({ message, type, ...(waitMs !== undefined && { nextRetryDelay: waitMs }) });
}
