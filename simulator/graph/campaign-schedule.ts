import { DAY_MS, MINUTE_MS } from '../model/periods';
import type { GraphCall } from './call';
import { badParameter } from './graph-error';
import { readTime } from './times';

const FURTHEST_START_MS = 30 * DAY_MS;

/** A start computed a moment before the call is still "now". */
const START_SLACK_MS = MINUTE_MS;

/** How long a lifetime budget runs when no end is given. */
const LIFETIME_RUN_MS = 30 * DAY_MS;

export interface CampaignSchedule {
  readonly startMs: number;
  readonly endMs?: number;
}

/** Start and end of a new campaign. @throws GraphError 100 for a start in the past or too far ahead, or an end before it */
export function readSchedule(call: GraphCall, hasLifetimeBudget: boolean): CampaignSchedule {
  const start = call.params.get('start_time');
  const end = call.params.get('end_time');
  const startMs = start === undefined ? call.nowMs : readTime('start_time', start);
  if (startMs < call.nowMs - START_SLACK_MS) throw badParameter('The start time must not be in the past.');
  if (startMs > call.nowMs + FURTHEST_START_MS) throw badParameter('The start time must be within 30 days.');
  if (end === undefined) return hasLifetimeBudget ? { startMs, endMs: startMs + LIFETIME_RUN_MS } : { startMs };
  const endMs = readTime('end_time', end);
  if (endMs <= startMs) throw badParameter('The end time must be after the start time.');
  return { startMs, endMs };
}
