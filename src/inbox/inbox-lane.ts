import { createHash } from 'node:crypto';

/** Events of one person stay in one lane, so that they are applied in the order they were stored. */
export const INBOX_LANES = 16;

/**
 * hash(Page, token hash else PSID hash) mod 16.
 *
 * @param personHash - hex; absent for an event of the Page itself
 */
export function inboxLane(pageId: string, personHash: string | undefined): number {
  return (
    createHash('sha256')
      .update(pageId)
      .update(personHash ?? '')
      .digest()
      .readUInt32BE(0) % INBOX_LANES
  );
}
