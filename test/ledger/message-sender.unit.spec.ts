import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../domain/content/json';
import type { GraphClient } from '../../src/graph-api/graph-client';
import type { BegunSend } from '../../src/ledger/begin';
import type { CampaignRecord } from '../../src/ledger/campaign-record';
import { ContentStore } from '../../src/ledger/content-store';
import { newRow } from '../../src/ledger/decide-claims';
import { MessageSender } from '../../src/ledger/message-sender';
import { Envelope } from '../../src/security/envelope';

const PAGE = '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d12';
const envelope = new Envelope([{ id: 'test', key: randomBytes(32) }]);

const campaign = {
  id: '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d13',
  pageId: PAGE,
  metaCampaignId: '120',
  page: {
    metaPageId: '104',
    adAccountId: '204',
    tokenSealed: envelope.seal('page-token', `pages.token:${PAGE}`),
    systemUserTokenSealed: envelope.seal('system-token', `pages.system_user_token:${PAGE}`),
  },
} as CampaignRecord;

function begun(send: {
  row?: Partial<BegunSend['row']>;
  address?: Partial<BegunSend['address']>;
  content?: JsonObject | null;
}): BegunSend {
  const row = newRow(campaign, '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d14', '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d15');
  const address = {
    tokenSealed: envelope.seal('person-token', `subscriber_tokens.token:${PAGE}`),
    psidSealed: envelope.seal('psid', `subscribers.psid:${PAGE}`),
    ...send.address,
  };
  return {
    row: { ...row, ...send.row },
    address,
    content: send.content === undefined ? { text: 'Hello {{name|you}}' } : send.content,
  };
}

interface Call {
  readonly name: string;
  readonly message: unknown;
  readonly options: unknown;
}

/** A client that answers all alike, and what it was asked. */
function senderOf(answer: () => Promise<unknown>) {
  const calls: Call[] = [];
  const call = (name: string) => (message: unknown, options: unknown) => {
    calls.push({ name, message, options });
    return answer();
  };
  const graph = { sendMarketingMessage: call('paid'), sendMessage: call('window') } as unknown as GraphClient;
  return { calls, sender: new MessageSender(graph, envelope, new ContentStore(envelope)) };
}

const leaving = { leaveBeforeMs: 7, onLeave: () => undefined };

const usage = { percent: 0, regainAfterMs: 0 };

describe('A sender of messages', () => {
  it('sends a paid message by token through the campaign, variables filled', async () => {
    const { calls, sender } = senderOf(() => Promise.resolve({ kind: 'ok', value: { trackingId: 't-1' }, usage }));
    const id = '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d16';
    const variablesSealed = envelope.seal('{"name":"Ada"}', `sends.variables:${id}`);
    expect(await sender.send(begun({ row: { id, variablesSealed } }), campaign, leaving)).toEqual({
      kind: 'accepted',
      trackingId: 't-1',
    });
    expect(calls).toEqual([
      {
        name: 'paid',
        message: {
          adAccountId: '204',
          systemUserToken: 'system-token',
          metaCampaignId: '120',
          subscriptionToken: 'person-token',
          message: { text: 'Hello Ada' },
        },
        options: leaving,
      },
    ]);
  });

  it.each([
    ['human_reply', 'RESPONSE'],
    ['promotional', 'UPDATE'],
  ])('sends through the window by PSID, for %s as %s', async (purpose, messagingType) => {
    const { calls, sender } = senderOf(() => Promise.resolve({ kind: 'ok', value: { mid: 'm-1' }, usage }));
    const answer = await sender.send(begun({ row: { lane: 'window', purpose } }), campaign, leaving);
    expect(answer).toEqual({ kind: 'accepted', trackingId: 'm-1' });
    expect(calls).toMatchObject([
      { name: 'window', message: { metaPageId: '104', pageToken: 'page-token', psid: 'psid', messagingType } },
    ]);
  });

  it.each([
    [
      { kind: 'not_sent', reason: 'too_late' },
      { kind: 'not_sent', reason: 'too_late' },
    ],
    [
      { kind: 'unknown', reason: 'timeout' },
      { kind: 'unknown', reason: 'timeout' },
    ],
    [
      {
        kind: 'refused',
        error: { code: 2_300_035, httpStatus: 400, remainingSeconds: 60, speaksOfMoney: false },
        usage,
      },
      {
        kind: 'refused',
        failure: { httpStatus: 400, code: 2_300_035, subcode: null, remainingSeconds: 60, speaksOfMoney: false },
      },
    ],
  ])('says what became of it: %j', async (result, outcome) => {
    const { sender } = senderOf(() => Promise.resolve(result));
    expect(await sender.send(begun({}), campaign, leaving)).toEqual(outcome);
  });

  it('knows nothing of a call that broke', async () => {
    const { sender } = senderOf(() => Promise.reject(new Error('broken')));
    expect(await sender.send(begun({}), campaign, leaving)).toEqual({ kind: 'unknown', reason: 'internal' });
  });

  it.each([
    ['content_missing', begun({ content: null })],
    ['content_variable_missing', begun({ content: { text: 'Hello {{city}}' } })],
    ['address_missing', begun({ address: { tokenSealed: null } })],
    ['address_missing', begun({ row: { lane: 'window' }, address: { psidSealed: null } })],
    ['cannot_be_decrypted', begun({ address: { tokenSealed: Buffer.from('no envelope') } })],
    ['cannot_be_decrypted', begun({ row: { variablesSealed: Buffer.from('no envelope') } })],
  ])('lets nothing leave that lacks something: %s', async (reason, send) => {
    const { calls, sender } = senderOf(() => Promise.reject(new Error('must not be called')));
    expect(await sender.send(send, campaign, leaving)).toEqual({ kind: 'unsendable', reason });
    expect(calls).toEqual([]);
  });
});
