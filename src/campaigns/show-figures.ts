import type { InsightCounts } from '../ledger/insights';
import type { InsightFiguresDto } from './dto/insights.dto';

/** Counts with what follows from them. */
export const showFigures = (counts: InsightCounts): InsightFiguresDto => ({
  ...counts,
  readRate: ratio(counts.read, counts.delivered, 4),
  clickRate: ratio(counts.clicked, counts.delivered, 4),
  costPerDeliveredMinor: ratio(counts.spendMinor, counts.delivered, 2),
  costPerClickMinor: ratio(counts.spendMinor, counts.linkClicks, 2),
});

/** Rounded to a number of digits; null where there is nothing to divide by. */
function ratio(part: number, whole: number, digits: number): number | null {
  return whole === 0 ? null : Number((part / whole).toFixed(digits));
}
