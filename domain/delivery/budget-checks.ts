import type { SendCheck } from './send-decision';
import { holdUntil, refuse } from './send-decision';

/** one more message must fit into the budget. */
export const budget: SendCheck = ({ budget: money, campaign, whenBudgetUsedUp }) => {
  if (money === null || money.remainingMinor >= money.unitCostMinor) return null;
  const { kind, remainingMinor, unitCostMinor, currency, nextBudgetDayAtMs } = money;
  const facts = { kind, remainingMinor, unitCostMinor, currency };
  const nextDayMs = kind === 'daily' ? nextBudgetDayAtMs : null;
  if (whenBudgetUsedUp === 'refuse') return refuse('R-14', facts, nextDayMs);
  if (nextDayMs !== null) return holdUntil('R-14', facts, nextDayMs, campaign.endAtMs);
  return { kind: 'hold', ruleId: 'R-14', facts, waitsFor: 'money', dueAtMs: null, allowedAtMs: null };
};
