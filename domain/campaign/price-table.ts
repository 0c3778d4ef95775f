import { utcMidnightMs } from '../shared/iso-time';

/** What prices and minor units are taken from, while it is in force. */
interface PriceTable {
  /** First UTC day in force. */
  readonly from: string;
  readonly source: string;
  /** Currencies without minor units, as Meta counts them. */
  readonly zeroDigits: readonly string[];
  /** About 0.05 US dollars in minor units of each currency. */
  readonly messageMinor: Readonly<Record<string, number>>;
  /** The same for currencies without an entry, by their number of minor digits. */
  readonly otherwiseMinor: Readonly<Record<0 | 2, number>>;
}

/** Oldest first. */
const PRICE_TABLES: readonly [PriceTable, ...PriceTable[]] = [
  {
    from: '2025-07-01',
    source: 'House rule: 0.05 US dollars at the rates of mid 2025; Ads convention for minor units',
    zeroDigits: ['CLP', 'COP', 'CRC', 'HUF', 'ISK', 'IDR', 'JPY', 'KRW', 'PYG', 'TWD', 'VND'],
    messageMinor: {
      USD: 5,
      AED: 18,
      AUD: 8,
      BRL: 28,
      CAD: 7,
      CHF: 4,
      CLP: 48,
      CNY: 36,
      COP: 205,
      CRC: 26,
      CZK: 108,
      DKK: 33,
      EUR: 5,
      GBP: 4,
      HKD: 39,
      HUF: 18,
      IDR: 820,
      ILS: 18,
      INR: 430,
      ISK: 7,
      JPY: 8,
      KRW: 70,
      MXN: 95,
      MYR: 22,
      NOK: 51,
      NZD: 9,
      PEN: 18,
      PHP: 290,
      PKR: 1400,
      PLN: 19,
      PYG: 390,
      SAR: 19,
      SEK: 49,
      SGD: 7,
      THB: 165,
      TRY: 200,
      TWD: 2,
      VND: 1300,
      ZAR: 90,
    },
    otherwiseMinor: { 0: 50, 2: 5 },
  },
];

/**
 * The table in force.
 *
 * @param atMs - milliseconds since the Unix epoch
 */
export function priceTableAt(atMs: number): PriceTable {
  return PRICE_TABLES.findLast((table) => utcMidnightMs(table.from) <= atMs) ?? PRICE_TABLES[0];
}
