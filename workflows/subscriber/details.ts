import type { LastOutcome, SubscriberPlan } from '../../activities/subscriber.ports';
import { shortTime } from '../shared/short-time';
import { earliest } from './earliest';

/** What an operator reads in the Temporal UI: one line about the person, and where to read on. */
export function detailsOf(plan: SubscriberPlan, timelineUrl: string): string {
  const facts = [consentWords(plan), ...heldWords(plan), ...requestWords(plan), ...coolDownWords(plan)];
  if (plan.lastOutcome !== null) facts.push(outcomeWords(plan.lastOutcome));
  return `${facts.join('; ')}\n\n${timelineUrl}`;
}

function consentWords({ consent, topics }: SubscriberPlan): string {
  switch (consent) {
    case 'none':
      return 'not asked yet';
    case 'asked':
      return 'asked, no answer seen';
    case 'revoked':
      return 'opted out';
    case 'granted':
      return topics.length === 0 ? 'opted in' : `opted in to ${topics.map(({ title }) => `*${title}*`).join(', ')}`;
  }
}

function heldWords({ sends }: SubscriberPlan): string[] {
  if (sends.length === 0) return [];
  const next = earliest(sends, (send) => send.dueAtMs);
  const rule = next?.item.ruleId;
  return [
    `${counted(sends.length, 'message')} held`,
    ...(next === null ? [] : [`next slot ${shortTime(next.atMs)}${rule == null ? '' : ` (${rule})`}`]),
  ];
}

function requestWords({ requestsWaiting }: SubscriberPlan): string[] {
  return requestsWaiting.map(({ title, dueAtMs, ruleId }) => {
    const until = dueAtMs === null ? 'until the person writes' : `until ${shortTime(dueAtMs)}`;
    return `waits to ask for *${title}* ${until}${ruleId === null ? '' : ` (${ruleId})`}`;
  });
}

function coolDownWords({ coolDowns }: SubscriberPlan): string[] {
  return coolDowns.map(({ title, untilMs }) => `may ask for *${title}* again ${shortTime(untilMs)}`);
}

function outcomeWords({ campaignId, state, ruleId, slotOpensAt, asOf }: LastOutcome): string {
  const by = ruleId === undefined ? '' : ` by ${ruleId}`;
  const opens = slotOpensAt === undefined ? '' : `, possible again ${shortTime(Date.parse(slotOpensAt))}`;
  return `last campaign ${campaignId}: ${state}${by} as of ${shortTime(Date.parse(asOf))}${opens}`;
}

function counted(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
