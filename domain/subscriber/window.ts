import { WINDOW_MS } from '../rules/window-rules';
import { latestMs } from '../shared/facts';

/** What a person does towards a Page, or has done to them. */
export type PersonAction =
  | 'message'
  | 'reply_to_marketing'
  | 'postback'
  | 'ad_click_and_message'
  | 'plugin_start'
  | 'ref_on_thread'
  | 'reaction'
  | 'ad_click'
  | 'opt_in'
  | 'delivery'
  | 'read';

/** Sources. */
const OPENS_WINDOW: Readonly<Record<PersonAction, boolean>> = {
  message: true,
  reply_to_marketing: true,
  postback: true,
  ad_click_and_message: true,
  plugin_start: true,
  ref_on_thread: true,
  reaction: true,
  ad_click: false,
  opt_in: false,
  delivery: false,
  read: false,
};

/**
 * Whether an action opens the 24-hour window.
 *
 * @param action - what happened
 */
export function opensWindow(action: PersonAction): boolean {
  return OPENS_WINDOW[action];
}

/**
 * The end of a person's window after an action; events may come in any order, the latest action counts.
 *
 * @param windowUntilMs - the end before, milliseconds since the Unix epoch; null when it was never open
 * @param action - what happened
 * @param atMs - when it happened, milliseconds since the Unix epoch
 * @returns the end after; at that very moment the window is closed
 */
export function windowAfter(windowUntilMs: number | null, action: PersonAction, atMs: number): number | null {
  return opensWindow(action) ? latestMs(windowUntilMs, atMs + WINDOW_MS) : windowUntilMs;
}

/**
 * Whether the window is open.
 *
 * @param windowUntilMs - its end, milliseconds since the Unix epoch; null when it was never open
 * @param nowMs - milliseconds since the Unix epoch
 */
export function isWindowOpen(windowUntilMs: number | null, nowMs: number): windowUntilMs is number {
  return windowUntilMs !== null && nowMs < windowUntilMs;
}
