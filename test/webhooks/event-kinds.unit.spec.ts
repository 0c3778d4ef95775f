import { describe, expect, it } from '@jest/globals';
import { AT_MS, PAGE, PSID, TOKEN, change, eventOf, messaging } from './webhook-samples';

const optIn = {
  type: 'notification_messages',
  payload: 'topic=offers&src=flow7',
  notification_messages_token: TOKEN,
  title: 'Weekly offers',
  notification_messages_timezone: 'Asia/Bangkok',
  token_expiry_timestamp: 4_102_444_800_000,
  user_token_status: 'REFRESHED',
};

describe('What a person does', () => {
  it.each([
    ['writes', { message: { mid: 'm_1', text: 'Hi' } }, { kind: 'message', windowOpens: true, mid: 'm_1', text: 'Hi' }],
    [
      'taps a quick reply',
      { message: { mid: 'm_1', text: 'Red', quick_reply: { payload: 'RED' } } },
      { kind: 'message', windowOpens: true, payload: 'RED', text: 'Red' },
    ],
    [
      'answers an ad',
      { message: { mid: 'm_1', text: 'Hi', referral: { ref: 'spring', source: 'ADS' } } },
      { kind: 'message', windowOpens: true, ref: 'spring' },
    ],
    [
      'taps a button',
      { postback: { mid: 'm_2', title: 'Details', payload: 'P1', referral: { ref: 'r' } } },
      { kind: 'postback', windowOpens: true, mid: 'm_2', payload: 'P1', ref: 'r' },
    ],
    [
      'reacts',
      { reaction: { reaction: 'love', action: 'react', mid: 'm_3' } },
      { kind: 'reaction', windowOpens: true, mid: 'm_3' },
    ],
    [
      'takes a reaction back',
      { reaction: { action: 'unreact', mid: 'm_3' } },
      { kind: 'reaction', windowOpens: false },
    ],
    [
      'follows a link',
      { referral: { ref: 'herald', source: 'SHORTLINK', type: 'OPEN_THREAD' } },
      { kind: 'referral', windowOpens: true, ref: 'herald' },
    ],
    [
      'clicks an ad without writing',
      { referral: { source: 'ADS', type: 'OPEN_THREAD', ad_id: '1' } },
      { kind: 'referral', windowOpens: false },
    ],
    ['reads', { read: { watermark: AT_MS } }, { kind: 'read', windowOpens: false, watermarkMs: AT_MS }],
    ['unsends a message', { message: { mid: 'm_1', is_deleted: true } }, { kind: 'ignored', windowOpens: false }],
    ['edits a message', { message_edit: { mid: 'm_1', text: 'Hi', num_edit: 1 } }, { kind: 'ignored' }],
  ])('%s', (_deed, part, expected) => {
    const event = eventOf(messaging(part));
    expect(event).toMatchObject(expected);
    if (event.kind !== 'ignored') expect(event.psid).toBe(PSID);
  });

  it('counts the same while another app holds the thread, and in the form of changes', () => {
    const part = { message: { mid: 'm_1', text: 'Hi' } };
    const expected = { kind: 'message', psid: PSID, text: 'Hi', windowOpens: true, dedupeKey: 'message:m_1' };
    expect(eventOf(messaging(part, 'standby'))).toMatchObject(expected);
    const value = { sender: { id: PSID }, recipient: { id: PAGE }, timestamp: AT_MS, ...part };
    expect(eventOf(change(value, 'messages'))).toMatchObject(expected);
  });
});

describe('What the Page does', () => {
  it('comes back as an echo of nobody’s words', () => {
    const event = eventOf(
      messaging({
        sender: { id: PAGE },
        recipient: { id: PSID },
        message: { is_echo: true, app_id: 55, mid: 'm_1', text: 'STOP' },
      }),
    );
    expect(event).toMatchObject({ kind: 'echo', psid: PSID, mid: 'm_1', appId: '55', windowOpens: false });
    expect(event.text).toBeUndefined();
  });

  it('is delivered', () => {
    const event = eventOf(messaging({ timestamp: undefined, delivery: { mids: ['m_1', 'm_2'], watermark: AT_MS } }));
    expect(event).toMatchObject({ kind: 'delivery', psid: PSID, mids: ['m_1', 'm_2'], watermarkMs: AT_MS });
  });

  it('is warned about', () => {
    const event = eventOf(messaging({ policy_enforcement: { action: 'block', reason: 'spam' } }));
    expect(event).toMatchObject({ kind: 'policy', policy: { action: 'block', reason: 'spam' }, metaPageId: PAGE });
  });
});

describe('An opt-in', () => {
  it('brings token, payload and title and opens no window', () => {
    expect(eventOf(messaging({ optin: optIn }))).toMatchObject({
      kind: 'opt_in',
      psid: PSID,
      token: TOKEN,
      payload: 'topic=offers&src=flow7',
      optIn: { title: 'Weekly offers', timeZone: 'Asia/Bangkok', tokenExpiresAtMs: 4_102_444_800_000 },
      windowOpens: false,
    });
  });

  it.each([
    ['STOP NOTIFICATIONS', 'opt_in_stop'],
    ['STOP_NOTIFICATIONS', 'opt_in_stop'],
    ['stop notifications', 'opt_in_stop'],
    ['RESUME NOTIFICATIONS', 'opt_in_resume'],
    ['RESUME_NOTIFICATIONS', 'opt_in_resume'],
    ['PENDING', 'ignored'],
  ])('with the status %s is %s', (status, kind) => {
    expect(eventOf(messaging({ optin: { ...optIn, notification_messages_status: status } })).kind).toBe(kind);
  });

  it.each([
    ['one-time request', { type: 'one_time_notif_req', one_time_notif_token: '1', payload: 'p' }],
    ['plugin', { ref: 'r', user_ref: 'u' }],
  ])('of the %s is not for marketing messages', (_what, other) => {
    expect(eventOf(messaging({ optin: other })).kind).toBe('ignored');
  });

  it('keeps its title as a column can hold it', () => {
    const title = 'New\u0000 arrivals \ud800';
    expect(eventOf(messaging({ optin: { ...optIn, title } })).optIn?.title).toBe('New\ufffd arrivals \ufffd');
  });

  it('is one without a type when it brings a token', () => {
    const { type: _type, ...untyped } = optIn;
    expect(eventOf(messaging({ optin: untyped })).kind).toBe('opt_in');
  });
});

describe('An opt-out notice', () => {
  it.each([
    ['with a token in messaging', messaging({ optout: { notification_messages_token: TOKEN } })],
    ['under its field in messaging', messaging({ messaging_optouts: { messenger_subscription_token: TOKEN } })],
    ['in changes', change({ sender: { id: PSID }, token: TOKEN, timestamp: AT_MS }, 'messaging_optouts')],
    ['flat in changes', change({ recipient_id: PSID, subscription_token: TOKEN }, 'messaging_optouts')],
    ['with a status nobody knows', messaging({ optout: { token: TOKEN, notification_messages_status: 'GONE' } })],
  ])('stops the person: %s', (_form, body) => {
    expect(eventOf(body)).toMatchObject({ kind: 'opt_in_stop', token: TOKEN, psid: PSID, windowOpens: false });
  });

  it('may take itself back', () => {
    const optout = { token: TOKEN, notification_messages_status: 'RESUME_NOTIFICATIONS' };
    expect(eventOf(messaging({ optout })).kind).toBe('opt_in_resume');
  });
});
