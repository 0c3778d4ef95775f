import type { SendState } from '../../../domain/delivery/send-transitions';
import { explainConsent, explainOptInRequest, explainSend, type Explained } from '../../../domain/explain/explain';
import type { RuleId } from '../../../domain/rules/rule';
import type { DecisionFacts } from '../../../domain/shared/facts';
import type { Consent } from '../../../domain/subscriber/consent';
import type { OptInRequestState } from '../../../domain/subscriber/opt-in-request';
import type { ApiClient } from '../api-client';
import { CommandError } from '../command-error';
import { printSentence } from './print';

/** One entry of a person's timeline, as far as the answer needs it. */
export interface TimelineEntry {
  readonly at: string;
  readonly kind: string;
  readonly ruleId?: RuleId;
  readonly facts?: DecisionFacts;
  readonly allowedAt?: string;
  readonly state?: string;
  readonly campaignId?: string;
  readonly messageId?: string;
  readonly requestId?: string;
  readonly lane?: string;
}

interface Subscriber {
  readonly consent: Consent;
  readonly consentAt?: string;
}

/**
 * Says in one sentence why the person was last written to or not.
 * @param campaignId - asks about that campaign only
 * @throws CommandError when the campaign never chose the person
 */
export async function why(
  api: ApiClient,
  subscriberId: string,
  campaignId: string | undefined,
  asJson: boolean,
): Promise<void> {
  const subscriber = await api.get<Subscriber>(`/v1/subscribers/${subscriberId}`);
  const entry = newestDecision(await timelineOf(api, subscriberId), campaignId);
  if (!entry && campaignId !== undefined) {
    throw new CommandError(
      `Campaign ${campaignId} has not decided about this person: \`campaign show ${campaignId}\` tells how it stands.`,
    );
  }
  const sentence = entry ? explainEntry(entry) : explainPerson(subscriber);
  printSentence(sentence, entry ? { ...entry } : { ...subscriber }, asJson);
}

/**
 * @param entries - oldest first
 * @returns the newest that says how a message or a request stands now
 */
export function newestDecision(entries: readonly TimelineEntry[], campaignId?: string): TimelineEntry | undefined {
  return entries.findLast((entry) =>
    campaignId === undefined ? isDecision(entry) : isMessage(entry) && entry.campaignId === campaignId,
  );
}

/** @returns the sentence with rule, facts, date and source */
export function explainEntry(entry: TimelineEntry): string {
  if (isMessage(entry)) return explainSend(explained<SendState>(entry));
  return explainOptInRequest(explained<OptInRequestState>(entry));
}

function explainPerson({ consent, consentAt }: Subscriber): string {
  return explainConsent(consent, consentAt === undefined ? Date.now() : Date.parse(consentAt));
}

function isDecision(entry: TimelineEntry): boolean {
  return isMessage(entry) || entry.kind.startsWith('opt_in_');
}

/** A message's states are entries of their own; the one it is in now is the decision that holds. */
function isMessage({ kind, state }: TimelineEntry): boolean {
  return state !== undefined && kind === `message_${state}`;
}

function explained<State extends string>({
  at,
  state,
  ruleId,
  facts,
  allowedAt,
  lane,
}: TimelineEntry): Explained<State> {
  return {
    state: state as State,
    ruleId: ruleId ?? null,
    facts: { ...(lane !== undefined && { lane }), ...facts },
    atMs: Date.parse(at),
    allowedAtMs: allowedAt === undefined ? null : Date.parse(allowedAt),
  };
}

/** @returns a person's timeline, oldest first */
export async function timelineOf(api: ApiClient, subscriberId: string): Promise<TimelineEntry[]> {
  const entries: TimelineEntry[] = [];
  for await (const entry of api.list<TimelineEntry>(`/v1/subscribers/${subscriberId}/timeline`)) entries.push(entry);
  return entries;
}
