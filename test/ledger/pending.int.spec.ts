import { describe, expect, it } from '@jest/globals';
import type { SendState } from '../../domain/delivery/send-transitions';
import { SEND_STATES } from '../../domain/delivery/send-transitions';
import { pendingOf } from '../../src/ledger/pending';
import { ledgerOfThisFile } from '../support/ledger-builders';

const { ledger: ledgerOf } = ledgerOfThisFile();

const ONE_OF_EACH = `
WITH one AS (
  SELECT unnest($1::text[]) AS state)
INSERT INTO sends (campaign_id, id, workspace_id, page_id, subscriber_id, campaign_message_id, state)
SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),
       gen_random_uuid(), state FROM one RETURNING state, pending`;

describe('What a send waits for', () => {
  it('is told by its state', async () => {
    const runner = ledgerOf().owner.createQueryRunner();
    await runner.startTransaction();
    const states = (await runner.query(ONE_OF_EACH, [SEND_STATES])) as { state: SendState; pending: string | null }[];
    await runner.rollbackTransaction();
    await runner.release();
    expect(states).toHaveLength(SEND_STATES.length);
    for (const { state, pending } of states) expect([state, pending]).toEqual([state, ...pendingOf([state])]);
    const waiting = SEND_STATES.filter((state) => pendingOf([state])[0] !== null);
    expect(waiting).toEqual(['queued', 'held', 'claimed', 'sending', 'unknown']);
  });
});
