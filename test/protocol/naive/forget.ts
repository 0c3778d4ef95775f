import type { LedgerUnderTest, TestCampaign } from '../../support/ledger-builders';

/** Removes what a naive statement has broken: every test leaves a sound ledger behind. */
export async function forgetCampaign(ledger: LedgerUnderTest, { campaignId }: TestCampaign): Promise<void> {
  const forgotten = ['sends', 'send_states', 'budget_entries', 'batches'].map(
    (table) => `DELETE FROM ${table} WHERE campaign_id = '${campaignId}';`,
  );
  await ledger.owner.query(`${forgotten.join(' ')}
    UPDATE campaign_budgets SET reserved_minor = 0, spent_minor = 0 WHERE campaign_id = '${campaignId}'`);
}
