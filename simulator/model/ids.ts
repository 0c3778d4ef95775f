import { createHash } from 'node:crypto';
import type { Row, Table } from '../store/table';

const SPREAD_DIGITS = 9;
const SPREAD_RANGE = 10 ** SPREAD_DIGITS;
const SPREAD_FACTOR = 7_654_321;

/** Prefix and number of digits of each kind of id; 17 digits and more lie above 2^53. */
const FORMS = {
  app: ['9', 16],
  page: ['1', 16],
  business: ['3', 16],
  adAccount: ['8', 16],
  psid: ['2', 17],
  token: ['426', 19],
  ad: ['1202', 18],
  adSet: ['1203', 18],
  campaign: ['1204', 18],
  creative: ['1205', 18],
  audience: ['1206', 18],
} as const;

export type IdKind = keyof typeof FORMS;

export interface Counter extends Row {
  readonly id: string;
  next: number;
}

/** Hands out ids that look like the platform's and are the same again with the same seed. */
export class Ids {
  constructor(
    private readonly counters: Table<Counter>,
    private readonly seed: number,
  ) {}

  next(kind: IdKind): string {
    return this.nth(kind, this.count(kind));
  }

  /** The n-th id of a kind; ids of one kind never repeat. */
  nth(kind: IdKind, n: number): string {
    const [prefix, digits] = FORMS[kind];
    const spread = (n * SPREAD_FACTOR + this.seed) % SPREAD_RANGE;
    const plain = String(n).padStart(digits - prefix.length - SPREAD_DIGITS, '0');
    return prefix + String(spread).padStart(SPREAD_DIGITS, '0') + plain.slice(prefix.length + SPREAD_DIGITS - digits);
  }

  /** Reserves `howMany` numbers in a row and returns the first, from 1 up. */
  count(name: string, howMany = 1): number {
    const counter = this.counters.get(name) ?? { id: name, next: 1 };
    const first = counter.next;
    counter.next += howMany;
    this.counters.put(counter);
    return first;
  }

  /** An access token that cannot be guessed from an id by its looks. */
  accessToken(owner: string): string {
    const hash = createHash('sha512').update(`${this.seed}|${owner}`).digest('base64');
    return `EAA${hash.replaceAll(/[^A-Za-z0-9]/g, '')}`;
  }
}
