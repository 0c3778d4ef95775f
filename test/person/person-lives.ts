import type { DataSource } from 'typeorm';
import { titleKey } from '../../domain/subscriber/title-key';
import { createDataSource } from '../../src/persistence/data-source';
import { roleUrl } from '../../src/persistence/role-urls';
import { uuidV7 } from '../../src/security/uuid-v7';
import { HOUR, LedgerUnderTest, START_MS } from '../support/ledger-builders';
import type { ModelLane, ModelLook } from '../support/model-runs';
import { checkModel } from '../support/model-runs';
import { COMMANDS } from './person-commands';
import { PersonModel } from './person-model';
import type { PersonPlace } from './person-world';
import { PersonWorld } from './person-world';

/** Postgres works for one lane while the program compares another. */
const LANES = 3;
const LONG_AFTER = new Date(START_MS + 100_000 * HOUR);
const PSID = '7351';

/** Lives of one person in databases of their own, compared with the model after every command. */
export async function checkPerson(look: ModelLook): Promise<void> {
  const lanes = await Promise.all(Array.from({ length: LANES }, openLane));
  try {
    await checkModel('PERSON', look, COMMANDS, lanes);
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

interface PersonLane extends ModelLane<PersonModel, PersonWorld> {
  readonly close: () => Promise<void>;
}

async function openLane(): Promise<PersonLane> {
  const ledger = await LedgerUnderTest.open(2);
  const options = { applicationName: 'test', size: 2 };
  const ingest = await createDataSource(roleUrl(ledger.url, 'herald_ingest'), options).initialize();
  const place = await settle(ledger, ingest);
  return {
    begin: async () => {
      await forgetLife(place);
      return { model: new PersonModel(START_MS), real: new PersonWorld(place) };
    },
    end: () => Promise.resolve(),
    close: async () => {
      await ingest.destroy();
      await ledger.close();
    },
  };
}

/** A Page with two topics, two campaigns and an automation, and somebody who has not said a word. */
async function settle(ledger: LedgerUnderTest, ingest: DataSource): Promise<PersonPlace> {
  const { owner, workspaceId } = ledger;
  const metaPageId = '104201000999999';
  const pageId = await ledger.addPage({ metaPageId, oneMessagePerLocalDay: false });
  const row = { endAt: LONG_AFTER };
  const campaigns = [await ledger.addCampaign(pageId, { row }), await ledger.addCampaign(pageId, { row })];
  const [personId = ''] = await ledger.addPeople(pageId, 1);
  const topics = [uuidV7(), uuidV7()];
  for (const [place, id] of topics.entries()) {
    const title = `Topic ${place}`;
    await owner.query(
      `INSERT INTO topics (id, workspace_id, page_id, title, title_key, expectation, payload)
       VALUES ($1, $2, $3, $4, $5, 'Once a week', $6)`,
      [id, workspaceId, pageId, title, titleKey(title), `topic-${place}`],
    );
  }
  const psidHash = ledger.lookupHash.of('psid', PSID, pageId);
  await owner.query(
    `INSERT INTO subscriber_identities (page_id, kind, hash, workspace_id, subscriber_id) VALUES ($1, 'psid', $2, $3, $4)`,
    [pageId, psidHash, workspaceId, personId],
  );
  await addAutomation(ledger, pageId, topics[0] ?? '');
  return { ledger, ingest, pageId, metaPageId, topics, campaigns, personId, psid: PSID };
}

async function addAutomation(ledger: LedgerUnderTest, pageId: string, topicId: string): Promise<void> {
  const id = uuidV7();
  const steps = JSON.stringify([{ ask: { topicId } }]);
  await ledger.owner.query(
    `INSERT INTO automations (id, workspace_id, name, page_ids, trigger_kind, trigger, steps_sealed, enabled)
     VALUES ($1, $2, 'shipped', $3, 'order_status', '{"status": "SHIPPED"}', $4, true)`,
    [id, ledger.workspaceId, [pageId], ledger.envelope.seal(steps, `automations.steps:${id}`)],
  );
}

const FORGOTTEN = [
  'inbox',
  'event_keys',
  'outbox',
  'waits',
  'consent_events',
  'subscriber_topics',
  'subscriber_tokens',
  'opt_in_requests',
  'order_events',
  'automation_runs',
  'sends',
  'send_states',
  'budget_entries',
  'batches',
];

/** The same person on the first day, in one round trip. */
async function forgetLife({ ledger }: PersonPlace): Promise<void> {
  ledger.nowMs = START_MS;
  await ledger.owner.query(`
    ${FORGOTTEN.map((table) => `DELETE FROM ${table};`).join(' ')}
    UPDATE subscribers SET consent = 'none', consent_at = NULL, opt_out_done_at = NULL, token_id = NULL, time_zone = NULL,
           window_until = NULL, paid_slot_until = NULL, paid_slot_send = NULL, meta_paid_until = NULL,
           awaits_inbound = false, source = 'wrote';
    UPDATE campaign_budgets SET reserved_minor = 0, spent_minor = 0;
    UPDATE page_rates SET granted_until = now(), rate_per_second = 300;
    UPDATE clock SET running = false, base_wall_at = now(), base_business_at = to_timestamp(${START_MS / 1_000});`);
}
