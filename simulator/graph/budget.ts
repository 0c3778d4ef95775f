import { localDay, weekOf } from '../model/account-day';
import { committedMinor, type Campaign } from '../model/campaign';
import { chance } from '../model/chance';
import type { Page } from '../model/page';
import type { Person } from '../model/person';
import type { Settings } from '../model/settings';

/** A daily budget is an average: one day may take this much more, a calendar week never more than seven of it. */
const DAY_OVERSHOOT = 1.75;
const DAYS_OF_WEEK = 7;

const LIFETIME_USED_UP = 2300053;
const DAILY_USED_UP = 2300054;

/** What this message costs once delivered: the set price, give or take the spread. */
export function priceOf(settings: Settings, seed: number, campaign: Campaign, person: Person): number {
  const { unitPriceMinor, priceSpread } = settings;
  if (priceSpread === 0) return unitPriceMinor;
  const deviation = 2 * chance(seed, 'price', campaign.id, person.id, person.paidSends) - 1;
  return Math.max(0, Math.round(unitPriceMinor * (1 + priceSpread * deviation)));
}

/** The error of a budget that cannot pay for one more message, undefined when it can. */
export function budgetError(
  campaign: Campaign,
  page: Page,
  share: number,
  priceMinor: number,
  nowMs: number,
): number | undefined {
  const { lifetimeBudget, dailyBudget, days } = campaign;
  if (lifetimeBudget !== undefined) {
    return committedMinor(campaign) + priceMinor > lifetimeBudget * share ? LIFETIME_USED_UP : undefined;
  }
  if (dailyBudget === undefined) return undefined;
  const today = localDay(page.timeZone, nowMs);
  const ofWeek = weekOf(today).reduce((sum, day) => sum + (days[day] ?? 0), 0);
  const isOver =
    (days[today] ?? 0) + priceMinor > dailyBudget * DAY_OVERSHOOT * share ||
    ofWeek + priceMinor > dailyBudget * DAYS_OF_WEEK * share;
  return isOver ? DAILY_USED_UP : undefined;
}
