/** Meta may show a new campaign late: this long between two looks before a second is made. */
const BETWEEN_EMPTY_READS_MS = 60_000;

/** What was seen after a create whose answer got lost. */
export interface LostCreate {
  readonly emptyReads: number;
  /** Milliseconds since the Unix epoch; null before the first empty read. */
  readonly firstEmptyAtMs: number | null;
}

/**
 * Whether a second create is safe: this read was empty too, and the first empty one lies a minute back.
 *
 * @param lost - the empty reads before this one
 * @param nowMs - milliseconds since the Unix epoch
 */
export function mayCreateAgain({ emptyReads, firstEmptyAtMs }: LostCreate, nowMs: number): boolean {
  return emptyReads >= 1 && firstEmptyAtMs !== null && nowMs - firstEmptyAtMs >= BETWEEN_EMPTY_READS_MS;
}

/**
 * The campaign's name at Meta: our id stands in it, so that a lost answer is found again.
 *
 * @param name - the operator's name
 * @param campaignId - our id
 */
export function campaignNameAtMeta(name: string, campaignId: string): string {
  return `${name} [herald ${campaignId}]`;
}
