import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY_MS } from '../../domain/shared/duration';
import { isWindowOpen, opensWindow, windowAfter } from '../../domain/subscriber/window';
import { NOW } from './builders';

describe('The 24-hour window', () => {
  it.each([
    'message',
    'reply_to_marketing',
    'postback',
    'ad_click_and_message',
    'plugin_start',
    'ref_on_thread',
    'reaction',
  ] as const)('is opened by a %s (R-17, R-32)', (action) => {
    expect(opensWindow(action)).toBe(true);
    expect(windowAfter(null, action, NOW)).toBe(NOW + DAY_MS);
  });

  it.each(['opt_in', 'delivery', 'read', 'ad_click'] as const)('is not opened by %s (R-02)', (action) => {
    expect(windowAfter(null, action, NOW)).toBeNull();
    expect(windowAfter(NOW + 5, action, NOW)).toBe(NOW + 5);
  });

  it('is open until just before 24 hours have passed', () => {
    const untilMs = windowAfter(null, 'message', NOW);
    expect(isWindowOpen(untilMs, NOW + DAY_MS - 1)).toBe(true);
    expect(isWindowOpen(untilMs, NOW + DAY_MS)).toBe(false);
    expect(isWindowOpen(null, NOW)).toBe(false);
  });

  it('does not depend on the order of events', () => {
    const events = fc.array(
      fc.record({ action: fc.constantFrom('message', 'opt_in', 'reaction', 'read'), atMs: fc.nat() }),
    );
    const after = (list: { action: 'message' | 'opt_in' | 'reaction' | 'read'; atMs: number }[]): number | null =>
      list.reduce<number | null>((untilMs, { action, atMs }) => windowAfter(untilMs, action, atMs), null);
    fc.assert(
      fc.property(events, (list) => {
        expect(after([...list].reverse())).toBe(after(list));
        expect(after([...list, ...list])).toBe(after(list));
      }),
    );
  });
});
