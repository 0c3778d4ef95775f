import { committedMinor, type Campaign } from '../model/campaign';
import type { GraphCall } from './call';
import { badParameter } from './graph-error';
import { readTime } from './times';

/** Changes the amount of the kind of budget the campaign has. @throws GraphError 100 below what is already used */
export function changeBudget(call: GraphCall, campaign: Campaign): void {
  const daily = call.params.integer('daily_budget');
  const lifetime = call.params.integer('lifetime_budget');
  if (daily !== undefined) {
    if (campaign.dailyBudget === undefined) throw badParameter('The campaign has a lifetime budget.');
    if (daily <= 0) throw badParameter('Param daily_budget must be greater than 0.');
  }
  if (lifetime !== undefined) {
    if (campaign.lifetimeBudget === undefined) throw badParameter('The campaign has a daily budget.');
    if (lifetime < Math.max(1, committedMinor(campaign))) {
      throw badParameter('The lifetime budget must not be lower than what is spent.');
    }
  }
  if (daily !== undefined) campaign.dailyBudget = daily;
  if (lifetime !== undefined) campaign.lifetimeBudget = lifetime;
}

/** Moves the end. @throws GraphError 100 for an end before the start or in the past */
export function changeEnd(call: GraphCall, campaign: Campaign): void {
  const end = call.params.get('end_time');
  if (end === undefined) return;
  const endMs = readTime('end_time', end);
  if (endMs <= campaign.startMs || endMs < call.nowMs) throw badParameter('The end time must be in the future.');
  campaign.endMs = endMs;
}
