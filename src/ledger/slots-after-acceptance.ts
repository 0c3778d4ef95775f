import { paidSpacingMs } from '../../domain/rules/spacing-rules';
import type { SlotChange } from './people';
import type { SendRow } from './send-row';

/**
 * Meta counts the spacing from its acceptance, which comes after our begin: a slot that would open earlier is moved to
 * that moment, so that the next message is not refused for the milliseconds between.
 */
export const slotKept = (accepted: SendRow, nowMs: number): SlotChange[] =>
  accepted.lane === 'paid'
    ? [
        {
          subscriberId: accepted.subscriberId,
          sendId: accepted.id,
          untilMs: nowMs + paidSpacingMs(nowMs),
          holder: accepted.id,
          mode: 'extend',
        },
      ]
    : [];
