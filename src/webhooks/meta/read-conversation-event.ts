import { epochMs } from '../../graph-api/meta-time';
import { asList, asRecord, asText } from '../../graph-api/tolerant-json';
import type { JsonRecord } from '../../graph-api/tolerant-json';
import type { MetaEventFacts } from './meta-event';
import { readOptInEvent } from './read-opt-in-event';
import { asId, asStorableText, idOf } from './wire-values';

type Reader = (inner: JsonRecord, part: JsonRecord) => MetaEventFacts | undefined;

/** Each event carries exactly one of these keys, which says what it is (meta-api §12.7). */
const READERS: readonly (readonly [key: string, read: Reader])[] = [
  ['message', readMessage],
  ['postback', readPostback],
  ['optin', readOptInEvent],
  ['delivery', readDelivery],
  ['read', readRead],
  ['reaction', readReaction],
  ['policy_enforcement', readPolicy],
  ['policy-enforcement', readPolicy],
  ['referral', readReferral],
];

/** What happened in the thread of one person, or nothing when the event is of another kind. */
export function readConversationEvent(inner: JsonRecord): MetaEventFacts | undefined {
  for (const [key, read] of READERS) {
    const part = asRecord(inner[key]);
    if (part !== undefined) return read(inner, part);
  }
  return undefined;
}

function readMessage(inner: JsonRecord, message: JsonRecord): MetaEventFacts | undefined {
  const mid = asId(message['mid']);
  if (message['is_deleted'] === true) return undefined;
  if (message['is_echo'] === true) {
    return { kind: 'echo', windowOpens: false, psid: idOf(inner['recipient']), mid, appId: asId(message['app_id']) };
  }
  return {
    kind: 'message',
    windowOpens: true,
    psid: idOf(inner['sender']),
    mid,
    text: asText(message['text']),
    payload: asText(asRecord(message['quick_reply'])?.['payload']),
    ref: asText(asRecord(message['referral'])?.['ref']),
  };
}

function readPostback(inner: JsonRecord, postback: JsonRecord): MetaEventFacts {
  return {
    kind: 'postback',
    windowOpens: true,
    psid: idOf(inner['sender']),
    mid: asId(postback['mid']),
    payload: asText(postback['payload']),
    ref: asText(asRecord(postback['referral'])?.['ref']),
  };
}

function readDelivery(inner: JsonRecord, delivery: JsonRecord): MetaEventFacts {
  const mids = asList(delivery['mids']).flatMap((mid) => asId(mid) ?? []);
  const watermarkMs = epochMs(delivery['watermark']);
  return { kind: 'delivery', windowOpens: false, psid: idOf(inner['sender']), mids, watermarkMs };
}

function readRead(inner: JsonRecord, read: JsonRecord): MetaEventFacts {
  const watermarkMs = epochMs(read['watermark']);
  return { kind: 'read', windowOpens: false, psid: idOf(inner['sender']), mid: asId(read['mid']), watermarkMs };
}

function readReaction(inner: JsonRecord, reaction: JsonRecord): MetaEventFacts {
  const windowOpens = reaction['action'] !== 'unreact';
  return { kind: 'reaction', windowOpens, psid: idOf(inner['sender']), mid: asId(reaction['mid']) };
}

/** Following a link opens the window; clicking an ad does not until the person writes. */
function readReferral(inner: JsonRecord, referral: JsonRecord): MetaEventFacts {
  const windowOpens = referral['source'] === 'SHORTLINK';
  return { kind: 'referral', windowOpens, psid: idOf(inner['sender']), ref: asText(referral['ref']) };
}

function readPolicy(_inner: JsonRecord, policy: JsonRecord): MetaEventFacts | undefined {
  const action = asText(policy['action']);
  if (action === undefined) return undefined;
  return { kind: 'policy', windowOpens: false, policy: { action, reason: asStorableText(policy['reason']) } };
}
