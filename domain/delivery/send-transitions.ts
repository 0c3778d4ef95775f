/** Every state of a send, in the order of its life. */
export const SEND_STATES = [
  'queued',
  'held',
  'claimed',
  'sending',
  'unknown',
  'assumed_sent',
  'accepted',
  'delivered',
  'read',
  'clicked',
  'failed',
  'refused',
  'cancelled',
] as const;

/** The state of one message to one person. */
export type SendState = (typeof SEND_STATES)[number];

/**
 * Who moves a send.
 *
 * `choice`: a call that chooses the person. `claim`: a batch's or a held row's decision. `give_back`: pause, a claim
 * older than two minutes or of another local day. `begin`: the moment before the bytes leave. `settle`: Meta's answer.
 * `webhook`: Meta's later word. `sweeper`: a send without an answer. `evidence`: whatever resolves an unknown.
 * `money`: money came for rows that wait for it. `close_out`: the end of the campaign, opt-out, erasure.
 */
export type SendMover =
  'choice' | 'claim' | 'give_back' | 'begin' | 'settle' | 'webhook' | 'sweeper' | 'evidence' | 'money' | 'close_out';

/** One allowed move of a send; `from: null` is its beginning. */
export interface SendTransition {
  readonly from: SendState | null;
  readonly to: SendState;
  readonly by: SendMover;
}

function moves(by: SendMover, from: readonly (SendState | null)[], to: readonly SendState[]): SendTransition[] {
  return from.flatMap((origin) => to.map((target) => ({ from: origin, to: target, by })));
}

/** The whole table of moves; the ledger's statements are tested against it and the diagram is drawn from it. */
export const SEND_TRANSITIONS: readonly SendTransition[] = [
  ...moves('choice', [null, 'refused', 'failed', 'cancelled'], ['queued']),
  ...moves('claim', [null], ['queued']),
  ...moves('claim', ['queued', 'held'], ['claimed', 'held', 'refused']),
  ...moves('give_back', ['claimed'], ['queued']),
  ...moves('begin', ['claimed'], ['sending', 'queued', 'refused', 'cancelled']),
  ...moves('settle', ['sending'], ['accepted', 'failed', 'unknown', 'held', 'refused', 'queued']),
  // A late answer is evidence, whoever brings it.
  ...moves('settle', ['unknown'], ['accepted', 'failed']),
  // A delivery may overtake the answer to the send.
  ...moves('webhook', ['sending'], ['accepted', 'delivered', 'read', 'clicked', 'failed']),
  ...moves('webhook', ['accepted'], ['delivered', 'read', 'clicked', 'failed']),
  ...moves('webhook', ['delivered'], ['read', 'clicked']),
  ...moves('webhook', ['read'], ['clicked']),
  ...moves('sweeper', ['sending'], ['unknown']),
  ...moves('evidence', ['unknown'], ['accepted', 'delivered', 'read', 'clicked', 'failed', 'assumed_sent']),
  ...moves('evidence', ['assumed_sent'], ['accepted', 'delivered', 'read', 'clicked', 'failed']),
  ...moves('money', ['held'], ['queued']),
  ...moves('close_out', ['queued', 'held', 'claimed'], ['cancelled']),
  ...moves('close_out', ['sending'], ['unknown']),
];

/**
 * Whether the table allows a move.
 *
 * @param from - the state before, null for a new row
 * @param to - the state after
 * @param by - who moves it
 */
export function isSendMoveAllowed(from: SendState | null, to: SendState, by: SendMover): boolean {
  return SEND_TRANSITIONS.some((move) => move.from === from && move.to === to && move.by === by);
}

/**
 * The states from which somebody may move a send to a state, for `WHERE state = ANY(…)`.
 *
 * @param to - the state after
 * @param by - who moves it
 * @returns the states, without the beginning of a row
 */
export function sendMovesTo(to: SendState, by: SendMover): SendState[] {
  return SEND_TRANSITIONS.flatMap((move) =>
    move.to === to && move.by === by && move.from !== null ? [move.from] : [],
  );
}

const RANK: Readonly<Record<SendState, number>> = {
  queued: 0,
  held: 0,
  claimed: 0,
  refused: 0,
  cancelled: 0,
  failed: 0,
  sending: 1,
  unknown: 2,
  assumed_sent: 3,
  accepted: 4,
  delivered: 5,
  read: 6,
  clicked: 7,
};

/**
 * How far a send has come, for status that only moves forward.
 *
 * @param state - the state
 * @returns 0 where nothing has left or Meta took nothing, 4 from `accepted` on, 7 for `clicked`
 */
export function rankOf(state: SendState): number {
  return RANK[state];
}

/**
 * Whether a send counts towards a total that says "reached at least".
 *
 * @param state - the state of the send
 * @param milestone - for example `accepted` for the total `sent`
 */
export function reachedAtLeast(state: SendState, milestone: 'accepted' | 'delivered' | 'read' | 'clicked'): boolean {
  return RANK[state] >= RANK[milestone];
}

/**
 * Whether the message may have reached the person: what R-27 counts and what is never sent again.
 *
 * @param state - the state of the send
 */
export function mayHaveBeenSent(state: SendState): boolean {
  return RANK[state] > 0;
}
