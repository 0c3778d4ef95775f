import type { ActivityOptions, LocalActivityOptions } from '@temporalio/workflow';
import { SEND_QUEUE } from './names';

/** Every activity says each second that it lives: a dead worker is noticed this soon. */
const HEARTBEAT_TIMEOUT = '5s';

/**
 * Our own record, within the workflow task: one event instead of six. Every one of them is a single transaction that
 * may run twice. Two tries only: when the database is down, the server should hold the retry.
 */
export const SHORT_ON_RECORD: LocalActivityOptions = {
  startToCloseTimeout: '2s',
  scheduleToCloseTimeout: '6s',
  retry: { initialInterval: '200ms', maximumAttempts: 2 },
};

/** The same when the short way failed: tried until the database is back. */
export const LONG_ON_RECORD: ActivityOptions = {
  startToCloseTimeout: '30s',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '1s', maximumInterval: '1m' },
};

/**
 * One call to Meta between two transactions: 10 s for the call, the rest for the record. A repeat is safe because the
 * record says `sending` before bytes leave, and what is found so is never sent again.
 */
export const CALL_TO_META: ActivityOptions = {
  startToCloseTimeout: '40s',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '2s', maximumInterval: '1m' },
};

/**
 * One message through the ledger, on the queue that sends; claims and fences make a repeat safe. It may wait for the
 * Page's lease.
 */
export const SEND_OF_ONE: ActivityOptions = {
  taskQueue: SEND_QUEUE,
  startToCloseTimeout: '2m',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '1s', maximumInterval: '1m' },
};

/**
 * One batch on the queue that sends: a minute at the Page's rate, and room for a slow Meta. The next attempt goes on at
 * once with what is claimed, also after the tenth death within one batch. Campaigns are few, so a database that is down
 * bears their tries.
 */
export const BATCH: ActivityOptions = {
  taskQueue: SEND_QUEUE,
  startToCloseTimeout: '10m',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '200ms', backoffCoefficient: 1.2, maximumInterval: '5s' },
};
