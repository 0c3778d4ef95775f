import { describe, expect, it } from '@jest/globals';
import { ledgerOfThisFile } from '../support/ledger-builders';

const { ledger: ledgerOf } = ledgerOfThisFile();

const ONE_OF_EACH = `
WITH one AS (
  SELECT unnest(ARRAY['queued', 'held', 'claimed', 'sending', 'accepted', 'delivered', 'read', 'clicked', 'failed',
                      'refused', 'unknown', 'assumed_sent', 'cancelled']) AS state)
INSERT INTO sends (campaign_id, id, workspace_id, page_id, subscriber_id, campaign_message_id, state)
SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),
       gen_random_uuid(), state FROM one RETURNING state, pending`;

describe('What a send waits for', () => {
  it('is told by its state', async () => {
    const runner = ledgerOf().owner.createQueryRunner();
    await runner.startTransaction();
    const states = (await runner.query(ONE_OF_EACH)) as { state: string; pending: string | null }[];
    await runner.rollbackTransaction();
    await runner.release();
    const pending = Object.fromEntries(
      states.filter((one) => one.pending !== null).map((one) => [one.state, one.pending]),
    );
    expect(pending).toEqual({ queued: 'queued', held: 'held', claimed: 'open', sending: 'open', unknown: 'unknown' });
    expect(states).toHaveLength(13);
  });
});
