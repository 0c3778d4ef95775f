/** What a run under fire came to. */
export interface FireReport {
  readonly name: string;
  /** Messages in the simulator's journal. */
  readonly sent: number;
  readonly kills: number;
  /** The longest time to go on after a kill, seconds of wall clock. */
  readonly backSeconds: number;
  /** What the checker found broken. */
  readonly violations: number;
  /** Messages whose outcome is still unknown at the end. */
  readonly unknown: number;
}

/** Prints what was survived, in one line that every suite under fire shares. */
export function reportFire({ name, sent, kills, backSeconds, violations, unknown }: FireReport): void {
  const figures = `sent=${sent} kills=${kills} back=${backSeconds.toFixed(1)}s violations=${violations} unknown=${unknown}`;
  process.stdout.write(`UNDER FIRE ${name}: ${figures}\n`);
}
