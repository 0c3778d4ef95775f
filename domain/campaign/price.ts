import { priceTableAt } from './price-table';

/** Where the price of a message comes from. */
type UnitCostSource = 'bid' | 'estimate' | 'observed' | 'default';

/** What is known about the price; minor units of the currency, null when unknown. */
export interface PriceFacts {
  readonly bidMinor: number | null;
  /** The upper end of Meta's estimate at the start. */
  readonly estimateUpperMinor: number | null;
  /** The observed cost of 30 days. */
  readonly observedMinor: number | null;
  /** ISO 4217 code. */
  readonly currency: string;
  /** The operator's own default in place of the table's; null for the table's. */
  readonly defaultMinor: number | null;
}

/** The price of a message and where it comes from. */
export interface UnitCost {
  readonly unitCostMinor: number;
  readonly source: UnitCostSource;
}

/**
 * The price that a claim reserves: the bid, else Meta's estimate, else what was observed, else a default.
 *
 * @param facts - what is known about the price
 * @param nowMs - milliseconds since the Unix epoch
 * @returns whole minor units, at least one
 */
export function unitCost(facts: PriceFacts, nowMs: number): UnitCost {
  const known: readonly (readonly [UnitCostSource, number | null])[] = [
    ['bid', facts.bidMinor],
    ['estimate', facts.estimateUpperMinor],
    ['observed', facts.observedMinor],
    ['default', facts.defaultMinor],
  ];
  for (const [source, minor] of known) {
    if (minor !== null && minor > 0) return { unitCostMinor: Math.ceil(minor), source };
  }
  return { unitCostMinor: defaultUnitCostMinor(facts.currency, nowMs), source: 'default' };
}

/**
 * About 0.05 US dollars in a currency.
 *
 * @param currency - ISO 4217 code
 * @param nowMs - milliseconds since the Unix epoch
 * @returns minor units
 */
export function defaultUnitCostMinor(currency: string, nowMs: number): number {
  const table = priceTableAt(nowMs);
  return table.messageMinor[currency.toUpperCase()] ?? table.otherwiseMinor[minorDigits(currency, nowMs)];
}

/**
 * How many digits of an amount stand behind the point, as Meta counts the currency's minor units.
 *
 * @param currency - ISO 4217 code
 * @param nowMs - milliseconds since the Unix epoch; the present table without it
 */
export function minorDigits(currency: string, nowMs: number = Number.MAX_SAFE_INTEGER): 0 | 2 {
  return priceTableAt(nowMs).zeroDigits.includes(currency.toUpperCase()) ? 0 : 2;
}

/**
 * Writes an amount for people.
 *
 * @param amountMinor - minor units
 * @param currency - ISO 4217 code
 * @returns for example `12.50 USD`, `1300 VND`
 */
export function moneyInWords(amountMinor: number, currency: string): string {
  const digits = minorDigits(currency);
  return `${(amountMinor / 10 ** digits).toFixed(digits)} ${currency}`;
}
