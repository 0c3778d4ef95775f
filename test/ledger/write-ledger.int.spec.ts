import { describe, expect, it } from '@jest/globals';
import { shareCampaign } from '../../src/ledger/campaign-record';
import { newRow } from '../../src/ledger/decide-claims';
import { lockSends } from '../../src/ledger/send-row';
import { insertSends } from '../../src/ledger/write-ledger';
import { ledgerOfThisFile } from '../support/ledger-builders';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

describe('A new row', () => {
  it('reads back as it was written: what is left to the table is what the program takes for it', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const campaign = await ledger.addCampaign(pageOf(), { audience: [person] });
    await ledger.asWorker(async (manager) => {
      const record = await shareCampaign(manager, campaign.workspaceId, campaign.campaignId);
      if (record?.messageId == null) throw new Error('The campaign has no message.');
      const row = {
        ...newRow(record, record.messageId, person),
        state: 'refused' as const,
        ruleId: 'R-11' as const,
        facts: { person: 'gone' },
      };
      await insertSends(manager, campaign, {
        changes: [{ before: null, after: row, by: 'claim' }],
        nowMs: ledger.nowMs,
      });
      expect(await lockSends(manager, campaign, [row.id])).toEqual([row]);
    });
  });
});
