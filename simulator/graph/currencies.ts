/** Currencies whose amounts have no minor unit. */
const WHOLE = new Set(['CLP', 'COP', 'CRC', 'HUF', 'ISK', 'IDR', 'JPY', 'KRW', 'PYG', 'TWD', 'VND']);

/** How many of the units budgets are counted in make one of the units shown. */
export function minorPerMajor(currency: string): number {
  return WHOLE.has(currency) ? 1 : 100;
}
