/** One thing that must be so: a statement that finds what breaks it, a row with a `detail` for each. */
interface Check {
  /** A sentence in the present tense that holds in every sound run. */
  readonly name: string;
  readonly sql: string;
}

/** A promise of the brief and what proves it. */
export interface PromiseChecks {
  readonly promise: string;
  readonly checks: readonly Check[];
}
