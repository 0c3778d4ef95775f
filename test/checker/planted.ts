import { BEGAN_MS, type CampaignName, type Name, type SoundRun } from './sound-run';
import type { JournalSend } from '../../checker/evidence/load-journal';
import type { Records } from './fake-simulator';

/** Something wrong that is put into a sound run, and the checks that must see it: these and no others. */
export interface Planted {
  readonly checks: readonly string[];
  /** What is done to the database. */
  readonly sql?: (run: SoundRun) => string;
  /** What is done to journal and webhook log. */
  readonly records?: (records: Records, run: SoundRun) => void;
}

const HOUR = 3_600_000;
const isoAt = (hours: number): string => new Date(BEGAN_MS + hours * HOUR).toISOString();

/** The counters follow the entries. */
const counted = (run: SoundRun, campaign: CampaignName, reserved: number, spent: number): string =>
  `; UPDATE campaign_budgets SET reserved_minor = reserved_minor + ${reserved}, spent_minor = spent_minor + ${spent}
      WHERE campaign_id = '${run.campaigns[campaign].campaignId}'`;

/** An entry that was made after all of the run: its id says when. */
const entry = (run: SoundRun, campaign: CampaignName, send: string, kind: string): string =>
  `INSERT INTO budget_entries (id, workspace_id, campaign_id, budget_day, send_id, claim_no, kind, amount_minor, at)
   SELECT overlay(gen_random_uuid()::text PLACING 'ffffffff' FROM 1)::uuid, workspace_id, campaign_id, 'lifetime', ${send}, 1, '${kind}', 100, '${isoAt(0)}'
     FROM campaign_budgets WHERE campaign_id = '${run.campaigns[campaign].campaignId}'`;

/** The last step of a send's history becomes another. */
const ended = (send: string, state: string): string =>
  `UPDATE send_states SET state = '${state}' WHERE seq = (SELECT max(seq) FROM send_states WHERE send_id = ${send})`;

const setCampaign = (run: SoundRun, campaign: CampaignName, set: string): string =>
  `UPDATE campaigns SET ${set} WHERE id = '${run.campaigns[campaign].campaignId}'`;

const replace = (records: Records, run: SoundRun, place: Parameters<SoundRun['entryOf']>, change: object): void => {
  const entryOf = run.entryOf(...place);
  records.sends = records.sends.map((send) => (send.trackingId === entryOf.trackingId ? { ...send, ...change } : send));
};

/** A status event that was acknowledged and done, of somebody's message with an id. */
const status = (run: SoundRun, kind: string, [campaign, name]: [CampaignName, Name], id: string): string =>
  `INSERT INTO inbox (day, id, workspace_id, page_id, lane, kind, event_at, keys, state, arrived_at, done_at)
   SELECT i.day, gen_random_uuid(), i.workspace_id, i.page_id, i.lane, '${kind}', '${isoAt(73)}',
          jsonb_build_object('trackingId', '${id}', 'mids', jsonb_build_array('${id}'), 'tokenHash', encode(t.hash, 'hex'),
                             'metaCampaignId', '${run.campaigns[campaign].metaCampaignId}'),
          'done', i.arrived_at, now()
     FROM inbox i JOIN subscriber_tokens t ON t.subscriber_id = '${run.people[name]}' WHERE i.kind = 'mm_echo'`;

/** Each with its own title. */
export const PLANTED: Readonly<Record<string, Planted>> = {
  'a second message to the same person': {
    checks: ['no row of the ledger stands for two messages at Meta'],
    records: (records, run) => {
      records.sends.push({ ...run.entryOf('first', 'ben'), trackingId: 'twice', at: isoAt(200) });
    },
  },
  'a third message to somebody with two contents': {
    checks: ['nobody gets more messages of a campaign than it has rows for them'],
    records: (records, run) => {
      records.sends.push({ ...run.entryOf('first', 'ann'), trackingId: 'thrice', at: isoAt(200) });
    },
  },
  'a message that goes again after it failed, and nobody chose it again': {
    checks: ['what failed goes again only by a choice made afterwards'],
    records: (records, run) => {
      const { campaignId, token } = run.entryOf('first', 'cid');
      const isIt = (send: JournalSend): boolean => send.campaignId === campaignId && send.token === token;
      records.sends = records.sends.map((send) => (isIt(send) ? { ...send, status: 'failed' } : send));
      records.sends.push({ ...run.entryOf('first', 'cid'), trackingId: 'blind', at: isoAt(200), status: 'accepted' });
    },
  },
  'a message that goes again before its failure is known': {
    checks: ['what failed goes again only by a choice made afterwards'],
    records: (records, run) => {
      records.sends.push({ ...run.entryOf('second', 'cid'), trackingId: 'blind', at: isoAt(200), status: 'failed' });
    },
  },
  'a message after six hours': {
    checks: ['two paid messages to one person are twelve hours apart'],
    records: (records, run) => {
      replace(records, run, ['second', 'ben'], { at: isoAt(6) });
    },
  },
  'two messages on one day, fourteen hours apart': {
    checks: ['a person gets one paid message a local day where the Page asks for it'],
    records: (records, run) => {
      replace(records, run, ['first', 'ben'], { at: '2027-01-18T05:30:00Z' });
      replace(records, run, ['second', 'ben'], { at: '2027-01-18T19:30:00Z' });
    },
  },
  'a reservation above the budget': {
    checks: ['no reservation goes above the budget'],
    sql: (run) =>
      `UPDATE campaign_budgets SET budget_minor = 250 WHERE campaign_id = '${run.campaigns.first.campaignId}'`,
  },
  'a reservation above what a late delivery left': {
    checks: ['no reservation goes above the budget'],
    sql: (run) => `UPDATE budget_entries SET id = '00000000-0000-7000-8000-000000000001'
      WHERE send_id = ${run.sendOf('late', 'cid')} AND kind = 'adjust'`,
  },
  'a message that nothing was reserved for': {
    checks: ['every paid message at Meta was reserved for'],
    sql: (run) => `DELETE FROM budget_entries WHERE send_id = ${run.sendOf('first', 'ben')};
      UPDATE sends SET cost_minor = 0, reserved = false WHERE id = ${run.sendOf('first', 'ben')}${counted(run, 'first', 0, -100)}`,
  },
  'a counter that is not the sum of its entries': {
    checks: ['the counters of a budget are the sums of its entries'],
    sql: (run) => counted(run, 'first', 0, 1).slice(2),
  },
  'a charge of another amount than was reserved': {
    checks: ['a reservation is made once, ends at most once, and ends with what it reserved'],
    sql: (run) => `UPDATE budget_entries SET amount_minor = 90
      WHERE send_id = ${run.sendOf('first', 'ben')} AND kind = 'charge'${counted(run, 'first', 10, -10)}`,
  },
  'an adjustment without a release before it': {
    checks: [
      'an adjustment of a send follows a delivery after a release',
      'a delivered message is paid for once, and no other is',
    ],
    sql: (run) => entry(run, 'first', run.sendOf('first', 'ben'), 'adjust') + counted(run, 'first', 0, 100),
  },
  'an adjustment of a campaign that still sends': {
    checks: ['an adjustment of a campaign is its final reading, three days after its last message'],
    sql: (run) =>
      `${setCampaign(run, 'first', `last_accepted_at = '${isoAt(0)}'`)};
       ${entry(run, 'first', 'NULL', 'adjust')}${counted(run, 'first', 0, 100)}`,
  },
  'a delivery that nobody paid for': {
    checks: ['every paid message at Meta was reserved for', 'a delivered message is paid for once, and no other is'],
    sql: (run) =>
      `DELETE FROM budget_entries WHERE send_id = ${run.sendOf('first', 'ben')}${counted(run, 'first', 0, -100)}`,
  },
  'a charge for what Meta never delivered': {
    checks: ['what is charged was delivered by Meta'],
    records: (records, run) => {
      replace(records, run, ['first', 'ben'], { status: 'accepted' });
    },
  },
  'money given back for a message under way': {
    checks: ['money stays reserved exactly while a message may still be delivered'],
    sql: (run) => entry(run, 'second', run.sendOf('second', 'cid'), 'release') + counted(run, 'second', -100, 0),
  },
  'a message begun for somebody who had left': {
    checks: ['nothing is begun for whoever left'],
    records: (records, run) => {
      const { wallAt } = run.entryOf('first', 'dot');
      const before = new Date(Date.parse(wallAt) - 60_000).toISOString();
      records.webhooks = records.webhooks.map((one) =>
        one.field === 'messaging_optins' ? { ...one, wallAt: before } : one,
      );
    },
  },
  'a message that left a quarter of a minute after an opt-out': {
    checks: ['nothing arrives at Meta later than ten seconds after an opt-out'],
    records: (records, run) => {
      replace(records, run, ['first', 'dot'], { wallAt: new Date(Date.now() + 15_000).toISOString() });
    },
  },
  'more than a slice that left after opt-outs one after the other': {
    checks: ['after an opt-out at most the slice under way arrives at Meta'],
    sql: (
      run,
    ) => `INSERT INTO consent_events (id, workspace_id, page_id, subscriber_id, kind, source, occurred_at, applied, recorded_at)
      SELECT gen_random_uuid(), workspace_id, page_id, id, 'opt_out', 'api', '${isoAt(48)}', true,
             '${new Date(run.crowdSentMs).toISOString()}'::timestamptz + row_number() OVER () * interval '1 millisecond'
        FROM subscribers WHERE id IN (${run.crowd.map((id) => `'${id}'`).join(', ')})`,
    records: (records, run) => {
      const { metaCampaignId } = run.campaigns.crowd;
      const wallAt = new Date(run.crowdSentMs + 15_000).toISOString();
      records.sends = records.sends.map((send) => (send.campaignId === metaCampaignId ? { ...send, wallAt } : send));
    },
  },
  'a message begun after the end of the schedule': {
    checks: ['nothing is begun after the end of the schedule'],
    sql: (run) => setCampaign(run, 'second', `end_at = '${isoAt(23)}'`),
  },
  'a message begun after the campaign was stopped': {
    checks: ['nothing is begun after a campaign was over'],
    sql: (run) => setCampaign(run, 'late', `state = 'stopped', finished_at = '${isoAt(71)}'`),
  },
  'a message that left too late for the end of the schedule': {
    checks: ['nothing arrives at Meta later than ten seconds after the end of the schedule'],
    sql: (run) => setCampaign(run, 'crowd', `end_at = '${isoAt(48.001)}'`),
    records: (records, run) => {
      const { metaCampaignId } = run.campaigns.crowd;
      const at = isoAt(48.1);
      records.sends = records.sends.map((send) => (send.campaignId === metaCampaignId ? { ...send, at } : send));
    },
  },
  'a move that no table allows': {
    checks: ['every move of a send is one of the table'],
    sql: (run) =>
      `UPDATE send_states SET state = 'refused' WHERE send_id = ${run.sendOf('first', 'ben')} AND state = 'accepted'`,
  },
  'a history that ends elsewhere': {
    checks: ['the history of a send ends with its state'],
    sql: (run) => `UPDATE sends SET state = 'assumed_sent' WHERE id = ${run.sendOf('second', 'cid')}`,
  },
  'a history without a row': {
    checks: ['every history belongs to a send'],
    sql: () => `INSERT INTO send_states (workspace_id, campaign_id, send_id, state, at)
      SELECT workspace_id, campaign_id, gen_random_uuid(), 'queued', at FROM send_states LIMIT 1`,
  },
  'a send that nobody brings to an end': {
    checks: ['no send is left in the middle'],
    sql: (run) => `DELETE FROM send_states WHERE send_id = ${run.sendOf('second', 'cid')} AND state = 'accepted';
      UPDATE sends SET state = 'sending', begun_wall_at = now() - interval '1 hour' WHERE id = ${run.sendOf('second', 'cid')}`,
  },
  'somebody who still waits in a campaign that is over': {
    checks: ['a campaign that is over leaves nobody waiting'],
    sql: (run) => `${setCampaign(run, 'second', `state = 'stopped'`)};
      UPDATE sends SET state = 'held' WHERE id = ${run.sendOf('second', 'dot')};
      ${ended(run.sendOf('second', 'dot'), 'held')}`,
  },
  'an unknown outcome long past its time': {
    checks: ['an unknown outcome is resolved when its time is over'],
    sql: (run) => `UPDATE sends SET due_at = '${isoAt(25)}' WHERE id = ${run.sendOf('second', 'ann')}`,
  },
  'a message of a campaign that is not ours': {
    checks: ['every message at Meta has a row'],
    records: (records, run) => {
      records.sends.push({ ...run.entryOf('first', 'ben'), trackingId: 'alien', campaignId: '1', at: isoAt(200) });
    },
  },
  'a message to somebody who has no row': {
    checks: ['every message at Meta has a row'],
    records: (records, run) => {
      const { metaCampaignId: campaignId } = run.campaigns.crowd;
      records.sends.push({ ...run.entryOf('first', 'ben'), trackingId: 'alien', campaignId, at: isoAt(200) });
    },
  },
  'a refused row of a message that Meta accepted': {
    checks: ['the row of a message at Meta says that it may have gone'],
    sql: (run) => {
      const send = run.sendOf('second', 'cid');
      return `UPDATE sends SET state = 'refused' WHERE id = ${send}; ${ended(send, 'refused')};
        ${entry(run, 'second', send, 'release')}${counted(run, 'second', -100, 0)}`;
    },
  },
  'an accepted row that Meta knows nothing of': {
    checks: ['every row that says accepted stands in the journal'],
    records: (records, run) => {
      const { trackingId } = run.entryOf('second', 'cid');
      records.sends = records.sends.filter((send) => send.trackingId !== trackingId);
    },
  },
  'somebody of the audience whom a completed campaign forgot': {
    checks: ['a campaign that reached everyone has a row for everyone in its audience'],
    sql: (run) => `${setCampaign(run, 'late', `state = 'ended', reason = 'completed'`)};
      INSERT INTO campaign_audience (campaign_id, subscriber_id, workspace_id)
      SELECT id, '${run.people.ann}', workspace_id FROM campaigns WHERE id = '${run.campaigns.late.campaignId}'`,
  },
  'an acknowledged event that is not stored': {
    checks: ['every acknowledged event is stored'],
    sql: () => `DELETE FROM inbox WHERE kind = 'mm_echo'`,
  },
  'an event that is stored twice': {
    checks: ['no event is stored twice'],
    sql: () => `INSERT INTO inbox (day, id, workspace_id, page_id, lane, kind, event_at, keys, state, arrived_at, done_at)
      SELECT day, gen_random_uuid(), workspace_id, page_id, lane, kind, event_at, keys, state, arrived_at, done_at
        FROM inbox WHERE kind = 'mm_echo'`,
  },
  'a stored event that nobody applies': {
    checks: ['no stored event waits or is given up'],
    sql: () => `UPDATE inbox SET state = 'pending', done_at = NULL WHERE kind = 'mm_echo'`,
  },
  'a dead event': {
    checks: ['no stored event waits or is given up'],
    sql: () => `UPDATE inbox SET state = 'dead', done_at = NULL, tries = 8 WHERE kind = 'mm_echo'`,
  },
  'a status that found no message': {
    checks: ['every status of a campaign of ours finds its message'],
    sql: () => `UPDATE inbox SET state = 'unmatched' WHERE kind = 'mm_echo'`,
  },
  'a delivery without effect': {
    checks: ['a delivered message is paid for once, and no other is', 'a mm_delivery event shows at its message'],
    sql: (run) => `UPDATE sends SET delivered_at = NULL WHERE id = ${run.sendOf('first', 'ben')}`,
  },
  'a reading without effect': {
    checks: ['a mm_read event shows at its message'],
    sql: () => `UPDATE sends SET read_at = NULL`,
  },
  'an echo without effect': {
    checks: ['a message that Meta spoke of carries its id'],
    sql: (run) => status(run, 'mm_echo', ['second', 'ann'], 'echoed'),
  },
  'a failure without effect': {
    checks: ['a mm_failed event shows at its message'],
    sql: (run) => status(run, 'mm_failed', ['second', 'cid'], run.entryOf('second', 'cid').trackingId ?? ''),
  },
  'an ordinary delivery without effect': {
    checks: ['a delivery event shows at its message'],
    sql: (run) => status(run, 'delivery', ['second', 'cid'], run.entryOf('second', 'cid').trackingId ?? ''),
  },
  'an ordinary reading without effect': {
    checks: ['a read event shows at its message'],
    sql: (run) => status(run, 'read', ['first', 'ben'], run.entryOf('first', 'ben').trackingId ?? ''),
  },
  'a message that opened no window': {
    checks: ['whoever acted has an open window for a day'],
    sql: (run) =>
      `UPDATE subscribers SET window_until = window_until - interval '1 second' WHERE id = '${run.people.ann}'`,
  },
  'a postback of somebody whom nobody knows': {
    checks: ['whoever acted has an open window for a day'],
    sql: () => `INSERT INTO inbox (day, id, workspace_id, page_id, lane, kind, event_at, keys, state, arrived_at, done_at)
      SELECT day, gen_random_uuid(), workspace_id, page_id, lane, 'postback', event_at, keys || '{"psidHash": "cc"}', state,
             arrived_at, done_at FROM inbox WHERE kind = 'message'`,
  },
  'an opt-in without proof': {
    checks: ['every opt-in has its proof'],
    sql: () => `DELETE FROM consent_events WHERE kind = 'opt_in'`,
  },
  'an opt-in that is proved and never granted': {
    checks: ['no opt-in waits for its consent when nobody is owed anything'],
    sql: () => `UPDATE inbox SET state = 'applied' WHERE kind = 'opt_in'`,
  },
  'an opt-in that consent has not followed': {
    checks: ['the consent of a person is as new as what they said'],
    sql: (run) => `UPDATE subscribers SET consent_at = '${isoAt(-1)}' WHERE id = '${run.people.ann}'`,
  },
  'an opt-out that consent has not followed': {
    checks: ['the consent of a person is as new as what they said'],
    sql: (run) => `UPDATE subscribers SET consent = 'granted' WHERE id = '${run.people.dot}'`,
  },
  'an opt-in whose token is not there': {
    checks: ["an opt-in that is a person's newest word has brought its token"],
    sql: () => `UPDATE inbox SET keys = keys || '{"tokenHash": "cc"}' WHERE kind = 'opt_in'`,
  },
  'a STOP that is registered twice': {
    checks: ['a consent event comes from one webhook at most once a person'],
    sql: (run) => `INSERT INTO consent_events
        (id, workspace_id, page_id, subscriber_id, kind, source, occurred_at, applied, inbox_id)
      SELECT gen_random_uuid(), workspace_id, page_id, '${run.people.ann}', 'opt_out', 'word', '${isoAt(-1)}', false, id
        FROM inbox CROSS JOIN generate_series(1, 2) WHERE kind = 'message'`,
  },
  'a click that counts twice': {
    checks: ['every click counts once'],
    sql: () => `UPDATE sends SET link_clicks = 2 WHERE link_clicks = 1`,
  },
  'an opt-out without effect': {
    checks: ['every opt-out is in the register of the person, once'],
    sql: () => `DELETE FROM consent_events WHERE kind = 'opt_out'`,
  },
  'an opt-in that is registered twice': {
    checks: ['a consent event comes from one webhook at most once a person'],
    sql: () => `INSERT INTO consent_events (id, workspace_id, page_id, subscriber_id, kind, source, occurred_at, applied, inbox_id)
      SELECT gen_random_uuid(), workspace_id, page_id, subscriber_id, kind, source, occurred_at, applied, inbox_id
        FROM consent_events WHERE kind = 'opt_in'`,
  },
  "a send at a Page that is not its campaign's": {
    checks: ['campaign and person of a send are at its Page'],
    sql: (run) => `UPDATE sends SET page_id = '${run.otherPageId}' WHERE id = ${run.sendOf('first', 'ben')}`,
  },
};
