import { DAY_MS } from '../shared/duration';
import { utcMidnightMs } from '../shared/iso-time';

/** Every rule Herald knows, in the order of its numbers. */
export const RULE_IDS = [
  'R-01',
  'R-02',
  'R-03',
  'R-04',
  'R-05',
  'R-06',
  'R-07',
  'R-08',
  'R-09',
  'R-10',
  'R-11',
  'R-12',
  'R-13',
  'R-14',
  'R-15',
  'R-16',
  'R-17',
  'R-18',
  'R-19',
  'R-20',
  'R-21',
  'R-22',
  'R-23',
  'R-24',
  'R-25',
  'R-26',
  'R-27',
  'R-28',
  'R-29',
  'R-30',
  'R-31',
  'R-32',
] as const;

/** The id of a rule, stable for ever: it stands in answers, columns and search attributes. */
export type RuleId = (typeof RULE_IDS)[number];

/** The product of Meta's, or of the house, that a rule governs. */
type RuleProduct =
  | 'opt-in request'
  | 'paid message'
  | 'recurring notification'
  | 'standard messaging'
  | 'tagged message'
  | 'sponsored message'
  | 'campaign'
  | 'Page';

/** What a rule counts or judges by. */
type RuleScope =
  | 'person at Page'
  | 'person at Page and title'
  | 'campaign'
  | 'campaign and person'
  | 'ad account'
  | 'Page'
  | 'message';

/** Where a rule comes from. */
export interface RuleSource {
  /** What a reader would call the source, with its edition. */
  readonly label: string;
  /** Where it can be read. */
  readonly reference: string;
}

/** A figure, list or table of a rule. */
type RuleParam = string | number | boolean | readonly string[] | Readonly<Record<string, string | number>>;

/** The figures of one version of a rule. */
export type RuleParams = Readonly<Record<string, RuleParam>>;

/** What a rule said during one period. */
export interface RuleVersion<Params extends RuleParams = RuleParams> {
  /** First UTC day in force, `YYYY-MM-DD`. */
  readonly from: string;
  /** Last UTC day in force, `YYYY-MM-DD`; absent while it is in force. */
  readonly to?: string;
  /** The length of time the rule speaks of, ISO 8601. */
  readonly window?: string;
  /** What is particular to this version. */
  readonly note?: string;
  /** The figures of the rule in this version. */
  readonly params: Params;
}

/** A rule as dated data: what it says, since when, and who says so. */
export interface Rule<Params extends RuleParams = RuleParams> {
  readonly id: RuleId;
  readonly title: string;
  readonly product: RuleProduct;
  readonly scope: RuleScope;
  /** The rule in one plain sentence. */
  readonly sentence: string;
  readonly source: RuleSource;
  /** Oldest first, never overlapping. */
  readonly versions: readonly [RuleVersion<Params>, ...RuleVersion<Params>[]];
  /** The file that decides by it; absent while nothing here is decided by it. */
  readonly enforcedBy?: string;
  /** The test that shows it. */
  readonly testedBy?: string;
}

/**
 * The version of a rule in force at a moment.
 *
 * @param rule - the rule
 * @param atMs - milliseconds since the Unix epoch
 * @returns the version, or null when the rule is not in force then
 */
export function versionAt<Params extends RuleParams>(rule: Rule<Params>, atMs: number): RuleVersion<Params> | null {
  return rule.versions.find((version) => isInForce(version, atMs)) ?? null;
}

/**
 * The version of a rule to take figures from, also before its first day and after its last.
 *
 * @param rule - the rule
 * @param atMs - milliseconds since the Unix epoch
 * @returns the newest version that had begun, else the first
 */
export function figuresAt<Params extends RuleParams>(rule: Rule<Params>, atMs: number): RuleVersion<Params> {
  return rule.versions.findLast((version) => utcMidnightMs(version.from) <= atMs) ?? rule.versions[0];
}

function isInForce(version: RuleVersion, atMs: number): boolean {
  const hasBegun = utcMidnightMs(version.from) <= atMs;
  const hasEnded = version.to !== undefined && utcMidnightMs(version.to) + DAY_MS <= atMs;
  return hasBegun && !hasEnded;
}
