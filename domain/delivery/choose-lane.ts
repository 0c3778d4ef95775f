import { isWindowOpen } from '../subscriber/window';

/** A product of Meta's that may carry a message. */
export type Lane = 'window' | 'tag' | 'utility' | 'news' | 'rn' | 'paid';

/** The lane that a call asks for. */
export interface LaneRequest {
  readonly lane: Lane | 'auto';
  /** `auto` never chooses a lane that costs money without this. */
  readonly allowPaid: boolean;
}

/**
 * The lane that carries a message.
 *
 * `auto` takes the free window while it is open, else the paid lane where the call allows it; otherwise the window, whose
 * rule then says why it is closed.
 *
 * @param request - what the call asks for
 * @param windowUntilMs - the end of the person's window, milliseconds since the Unix epoch
 * @param nowMs - milliseconds since the Unix epoch
 */
export function chooseLane(request: LaneRequest, windowUntilMs: number | null, nowMs: number): Lane {
  if (request.lane !== 'auto') return request.lane;
  return !isWindowOpen(windowUntilMs, nowMs) && request.allowPaid ? 'paid' : 'window';
}
