import type { SlotChange } from './people';
import type { SendRow } from './send-row';

/** The slot of a claim that Meta took nothing of: as it was before, where this send still holds it (protocol §4). */
export const slotReturned = (send: SendRow): SlotChange[] =>
  send.lane === 'paid'
    ? [
        {
          subscriberId: send.subscriberId,
          sendId: send.id,
          untilMs: send.slotBeforeMs,
          holder: send.slotSendBefore,
          mode: 'set',
        },
      ]
    : [];
