/** How a program is started. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** Absent = this program's own environment. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** The account it runs under; absent = ours. */
  readonly uid?: number;
  readonly gid?: number;
}
