import type { SendState } from '../delivery/send-transitions';
import type { RuleId } from '../rules/rule';
import type { DecisionFacts } from '../shared/facts';
import type { Consent } from '../subscriber/consent';
import type { OptInRequestState } from '../subscriber/opt-in-request';
import { changeOf, cite } from './cite';
import { answerOfMeta, reasonOf } from './reasons';
import { timeInWords } from './words';

/** A message or an opt-in request as the ledger shows it. */
export interface Explained<State extends string> {
  readonly state: State;
  /** The rule that decided; null where none spoke against it. */
  readonly ruleId: RuleId | null;
  readonly facts: DecisionFacts;
  /** When it came into its state, milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** The moment the decision would change, milliseconds since the Unix epoch; null when none is known. */
  readonly allowedAtMs: number | null;
}

/** What a state is called at the head of the sentence, and what it stands on where the ledger names no rule. */
type Heading = readonly [head: string, because: string, rule: RuleId];

const PAID_FREE = ['the person had opted in, their slot was free and the budget paid for it', 'R-08'] as const;
const WINDOW_OPEN = ["the person's 24-hour window was open", 'R-32'] as const;
const NEVER_AGAIN = 'Meta gave no complete answer, so the message may have gone and is never sent again';

const SENDS: Readonly<Record<SendState, Heading>> = {
  queued: ['Waiting for its decision since', 'nobody has decided it yet', 'R-30'],
  held: ['Held on', 'it has to wait', 'R-08'],
  claimed: ['About to be sent since', ...PAID_FREE],
  sending: ['Being sent since', ...PAID_FREE],
  accepted: ['Sent on', ...PAID_FREE],
  delivered: ['Sent and delivered on', ...PAID_FREE],
  read: ['Sent and read on', ...PAID_FREE],
  clicked: ['Sent and clicked on', ...PAID_FREE],
  failed: ['Failed on', 'Meta refused the message for good', 'R-15'],
  refused: ['Refused on', 'a rule speaks against it', 'R-11'],
  unknown: ['Unknown since', NEVER_AGAIN, 'R-27'],
  assumed_sent: ['Assumed to be sent since', NEVER_AGAIN, 'R-27'],
  cancelled: ['Cancelled on', 'its campaign ended or the person left before it was sent', 'R-16'],
};

/** Nothing spoke against these: whatever held them before is over. */
const WENT: readonly SendState[] = ['claimed', 'sending', 'accepted', 'delivered', 'read', 'clicked'];

const REQUESTS: Readonly<Record<OptInRequestState, Heading>> = {
  waiting: ['Waiting to ask since', 'the person may not be asked yet', 'R-01'],
  sending: ['Asking since', "the person's 24-hour window is open", 'R-01'],
  asked: ['Asked on', "the person's 24-hour window was open; what they think of it cannot be read", 'R-07'],
  opted_in: ['Opted in on', 'the person tapped the button', 'R-11'],
  refused: ['Not asked on', 'a rule speaks against it', 'R-01'],
  failed: ['Failed on', 'Meta refused the request for good', 'R-01'],
  unknown: ['Unknown since', 'Meta gave no complete answer, so the person counts as asked', 'R-03'],
  expired: ['Expired on', 'the person did not answer in time', 'R-07'],
  cancelled: ['Cancelled on', 'it was withdrawn before the person was asked', 'R-11'],
};

const CONSENTS: Readonly<Record<Consent, Heading>> = {
  none: ['Not subscribed as of', 'the person has not opted in', 'R-11'],
  asked: ['Asked but not subscribed as of', 'only the opt-in itself can be seen', 'R-07'],
  granted: ['Subscribed since', 'the person opted in', 'R-11'],
  revoked: ['Unsubscribed since', 'the person stopped marketing of this Page; they may opt in again', 'R-11'],
};

/**
 * Says in one plain sentence what became of a message and why, with the rule, its facts, its date and its source.
 *
 * @param send - the message as the ledger shows it
 */
export function explainSend(send: Explained<SendState>): string {
  const heading = SENDS[send.state];
  if (!WENT.includes(send.state)) return sentence(heading, send);
  const because = send.facts['lane'] === 'window' ? WINDOW_OPEN : PAID_FREE;
  return sentence([heading[0], ...because], { ...send, ruleId: null });
}

/**
 * Says in one plain sentence what became of an opt-in request and why.
 *
 * @param request - the request as the ledger shows it
 */
export function explainOptInRequest(request: Explained<OptInRequestState>): string {
  return sentence(REQUESTS[request.state], request);
}

/**
 * Says in one plain sentence where a person stands and since when.
 *
 * @param consent - the consent
 * @param atMs - since when, or as of when; milliseconds since the Unix epoch
 */
export function explainConsent(consent: Consent, atMs: number): string {
  return sentence(CONSENTS[consent], { state: consent, ruleId: null, facts: {}, atMs, allowedAtMs: null });
}

function sentence([head, because, rule]: Heading, { ruleId, facts, atMs, allowedAtMs }: Explained<string>): string {
  const reason =
    ruleId === null ? because + answerOfMeta(facts) : reasonOf(ruleId, facts) + changeOf(ruleId, allowedAtMs);
  return `${head} ${timeInWords(atMs)} because ${reason} ${cite(ruleId ?? rule, atMs)}.`;
}
