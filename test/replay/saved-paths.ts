import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where histories for replay are saved, each as `<release>-<path>.json`. */
export const HISTORIES = resolve('test/replay/histories');

const COMPLETED = 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED';
const CONTINUED = 'EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW';
const TIMER_FIRED = 'EVENT_TYPE_TIMER_FIRED';
const TIMER_CANCELED = 'EVENT_TYPE_TIMER_CANCELED';
/** An activity that the server holds the retry of: the short way on the record failed. */
const onServer = (activity: string): RegExp => new RegExp(`ACTIVITY_TASK_SCHEDULED[^\n]*"name":"${activity}"`);

/** Every stage and path of both workflows, and what its history must contain to be the one that it is called. */
export const SAVED_PATHS: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  'subscriber-opted-in': ['optInRequested', 'askForOptIn', 'optedIn', 'storeToken', 'may ask for'],
  'subscriber-ignored-until-cool-down-over': ['askForOptIn', 'may ask for', TIMER_CANCELED, COMPLETED],
  'subscriber-request-expired': ['looks again whether to ask', '"state":"expired"', COMPLETED],
  'subscriber-request-refused-by-meta': ['askForOptIn', '"state":"failed"', COMPLETED],
  'subscriber-asked-again-after-cool-down': [/"name":"askForOptIn".*"name":"askForOptIn"/s, 'may ask for'],
  'subscriber-held-sent-at-slot': ['next slot', TIMER_FIRED, 'sendSingle'],
  'subscriber-held-cancelled': ['next slot', 'campaignOutcome', TIMER_CANCELED],
  'subscriber-held-tried-again': [/"name":"sendSingle".*"name":"sendSingle"/s],
  'subscriber-opted-out': ['optedOut', '"optOut"', TIMER_CANCELED, COMPLETED],
  'subscriber-order-event': ['orderStatusChanged', 'advanceRun', 'askForOptIn', 'optedIn', 'sendSingle'],
  'subscriber-erased': ['next slot', COMPLETED],
  'subscriber-idle-end': ['closeSubscriber', TIMER_FIRED, COMPLETED],
  'subscriber-continued-as-new': ['refresh', CONTINUED],
  'subscriber-newer-version-out': ['targetWorkerDeploymentVersionChanged', CONTINUED],
  'subscriber-database-down': [onServer('loadSubscriber')],
  'campaign-scheduled-ahead': ['create at Meta', TIMER_CANCELED, 'createAtMeta'],
  'campaign-population-by-timer': ['probe ', TIMER_CANCELED, 'drawBatch', 'completed', COMPLETED],
  'campaign-population-by-status': ['readReadiness', '"state":"active"'],
  'campaign-population-not-ready-again': [/"name":"drawBatch".*"name":"drawBatch"/s, '"stoppedBy":"not_ready"'],
  'campaign-next-batch': [/("name":"drawBatch".*){3}/s, 'completed'],
  'campaign-held-until-slot': ['next held message', TIMER_CANCELED, 'drawBatch'],
  'campaign-budget-used-up-and-raised': ['budget_exhausted', 'budgetChanged', 'updateAtMeta', 'completed'],
  'campaign-paused-and-resumed': ['"pause"', '"resume"', 'drawBatch'],
  'campaign-page-restricted': ['pageRestricted', 'page_restricted', '"resume"'],
  'campaign-payment-refused-and-resumed': ['"stoppedBy":"pause"', '"reason":"payment"', '"resume"'],
  'campaign-paced-by-meta': ['"stoppedBy":"pacing"', 'Meta takes the next', /("name":"drawBatch".*){2}/s],
  'campaign-last-answers': ['drawBatch', 'the last answers', TIMER_FIRED],
  'campaign-stopped-before-last-answers': ['"stop"', 'closeOut', 'the last answers', COMPLETED],
  'campaign-continued-as-new': ['refresh', CONTINUED],
  'campaign-broken-at-meta': ['"stoppedBy":"end"', 'closeOut', COMPLETED],
  'campaign-schedule-ended': ['schedule ends', 'schedule_ended', 'closeOut', COMPLETED],
  'campaign-stopped': ['"stop"', 'closeOut', TIMER_CANCELED, COMPLETED],
  'campaign-newer-version-out': ['targetWorkerDeploymentVersionChanged', CONTINUED],
  'campaign-database-down': [onServer('loadCampaign')],
};

/** @returns what a saved history of a path lacks */
export function missingIn(path: string, history: string): readonly string[] {
  const inClear = clear(history);
  const shown = (mark: string | RegExp): boolean =>
    typeof mark === 'string' ? inClear.includes(mark) : mark.test(inClear);
  return (SAVED_PATHS[path] ?? []).filter((mark) => !shown(mark)).map(String);
}

/** A saved history as text. @param name - of its file */
export const readSaved = (name: string): string => readFileSync(join(HISTORIES, name), 'utf8');

/** Payloads stand in base64. */
const clear = (history: string): string =>
  history.replaceAll(/"data":"([A-Za-z0-9+/=]*)"/g, (_all, data: string) => Buffer.from(data, 'base64').toString());
