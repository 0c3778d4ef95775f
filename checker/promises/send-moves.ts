/** From which states a send may come into a state (protocol §2); `nothing` is the beginning of its row. */
const MOVES: Readonly<Record<string, readonly string[]>> = {
  queued: ['nothing', 'claimed', 'sending', 'held', 'refused', 'failed', 'cancelled'],
  claimed: ['nothing', 'queued', 'held'],
  held: ['nothing', 'queued', 'held', 'sending'],
  refused: ['nothing', 'queued', 'held', 'claimed', 'sending'],
  sending: ['claimed'],
  accepted: ['sending', 'unknown', 'assumed_sent'],
  delivered: ['sending', 'accepted', 'unknown', 'assumed_sent'],
  read: ['sending', 'accepted', 'delivered', 'unknown', 'assumed_sent'],
  clicked: ['sending', 'accepted', 'delivered', 'read', 'unknown', 'assumed_sent'],
  failed: ['sending', 'accepted', 'unknown', 'assumed_sent'],
  unknown: ['sending'],
  assumed_sent: ['unknown'],
  cancelled: ['queued', 'held', 'claimed'],
};

/** The moves as rows of a `VALUES` list: from, to. */
export const ALLOWED_MOVES = Object.entries(MOVES)
  .flatMap(([to, froms]) => froms.map((from) => `('${from}', '${to}')`))
  .join(', ');
