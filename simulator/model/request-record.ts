/** One Graph request, as the control API shows it. */
export interface RequestRecord {
  readonly wallMs: number;
  readonly method: string;
  /** Without its query, which may hold a token. */
  readonly path: string;
  /** HTTP status; 0 when the answer was dropped. */
  readonly status: number;
  /** Error code, null when there was none. */
  readonly code: number | null;
}
