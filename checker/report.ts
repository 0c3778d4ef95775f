import type { Figures } from './figures';

/** One thing that is not as it must be. */
export interface Violation {
  readonly promise: string;
  readonly check: string;
  readonly detail: string;
}

/** What was proved, of how much. */
export interface CheckReport {
  readonly violations: readonly Violation[];
  readonly figures: Figures;
  /** How many checks were made. */
  readonly checks: number;
}

/** The report for a terminal: figures, then each violation, then a last line that says how many. */
export function formatReport({ figures, violations, checks }: CheckReport): string {
  const counted = Object.entries(figures).map(([name, count]) => `${name}=${count}`);
  const broken = violations.map(({ promise, check, detail }) => `✘ ${promise}: ${check}: ${detail}`);
  return [counted.join(' '), ...broken, `${checks} checks, violations ${violations.length}`].join('\n');
}
