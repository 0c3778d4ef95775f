import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../shared/duration';

/** How long an unknown outcome waits for evidence before it counts as sent, business time (protocol §3.8). */
export const UNKNOWN_WAIT_MS = 24 * HOUR_MS;

/** Nobody's answer comes this long after a begin: the time in which the bytes leave, and the deadline of the send. */
export const SEND_DEADLINE_MS = 15 * SECOND_MS;

/** Meta's next eligible time speaks of a send from this long after its deadline on (protocol §3.8). */
const SETTLED_AT_META_MS = 15 * MINUTE_MS;

/** How soon Meta is asked again when it could not be asked, business time. */
const ASK_AGAIN_MS = 15 * MINUTE_MS;

/** Meta rounds its moments and has a clock of its own: an earlier cool-down may seem to end this long after a begin. */
const CLOCK_SLACK_MS = 2 * MINUTE_MS;

/** What is known of a send without an outcome; times in milliseconds since the Unix epoch. */
export interface UnknownSend {
  /** Business time of its begin. */
  readonly begunAtMs: number;
  /** Only a paid message leaves a trace in Meta's next eligible time. */
  readonly lane: 'paid' | 'window';
}

/** What Meta's next eligible time says of a send: it was taken, it was not, or nothing. */
export type Evidence = 'accepted' | 'not_accepted' | 'none';

/**
 * When a send without an outcome counts as sent.
 *
 * @param send - the send
 * @returns business time, milliseconds since the Unix epoch
 */
export const assumedSentAtMs = ({ begunAtMs }: UnknownSend): number => begunAtMs + UNKNOWN_WAIT_MS;

/**
 * When something is done next about a send whose outcome has just become unknown: Meta is asked, or its wait is over.
 *
 * @param send - the send
 * @returns business time, milliseconds since the Unix epoch
 */
export const firstLookAtMs = (send: UnknownSend): number =>
  send.lane === 'paid' ? send.begunAtMs + SEND_DEADLINE_MS + SETTLED_AT_META_MS : assumedSentAtMs(send);

/**
 * When Meta is asked again after it could not be asked.
 *
 * @param send - the send
 * @param nowMs - business time, milliseconds since the Unix epoch
 * @returns business time; not behind the end of the wait
 */
export const nextLookAtMs = (send: UnknownSend, nowMs: number): number =>
  Math.min(nowMs + ASK_AGAIN_MS, assumedSentAtMs(send));

/**
 * Reads the outcome of a paid message from the person's next eligible time at Meta: an acceptance moves it a whole
 * spacing ahead, so one that does not lie behind the begin was left by an earlier message. Source: protocol §3.8.
 *
 * @param send - the send
 * @param nextPaidAtMs - Meta's next eligible time, read after `firstLookAtMs`; undefined when Meta did not say
 * @param hasLaterSend - whether the person was sent another paid message since, which would move the moment as well
 */
export function readEvidence(
  { begunAtMs }: UnknownSend,
  nextPaidAtMs: number | undefined,
  hasLaterSend: boolean,
): Evidence {
  if (nextPaidAtMs === undefined) return 'none';
  if (nextPaidAtMs <= begunAtMs + CLOCK_SLACK_MS) return 'not_accepted';
  return hasLaterSend ? 'none' : 'accepted';
}
