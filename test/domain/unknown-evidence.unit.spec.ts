import { describe, expect, it } from '@jest/globals';
import { assumedSentAtMs, firstLookAtMs, nextLookAtMs, readEvidence } from '../../domain/delivery/unknown-evidence';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const begunAtMs = Date.parse('2027-01-18T15:00:00Z');
const paid = { begunAtMs, lane: 'paid' } as const;

describe('A send without an outcome', () => {
  it('is looked for at Meta a quarter of an hour after its deadline', () => {
    expect(firstLookAtMs(paid)).toBe(begunAtMs + 15_000 + 15 * MINUTE);
  });

  it('waits for its end where Meta keeps no trace of it', () => {
    expect(firstLookAtMs({ begunAtMs, lane: 'window' })).toBe(assumedSentAtMs(paid));
  });

  it('counts as sent a day after its begin', () => {
    expect(assumedSentAtMs(paid)).toBe(begunAtMs + 24 * HOUR);
  });

  it('is looked for again a quarter of an hour later, and not behind its end', () => {
    expect(nextLookAtMs(paid, begunAtMs + HOUR)).toBe(begunAtMs + 75 * MINUTE);
    expect(nextLookAtMs(paid, begunAtMs + 24 * HOUR - MINUTE)).toBe(assumedSentAtMs(paid));
  });
});

describe("Meta's next eligible time", () => {
  it.each([
    ['a spacing behind the begin', begunAtMs + 12 * HOUR, 'accepted'],
    ['just behind the begin, by the spacing before and a clock that differs', begunAtMs + 1_000, 'not_accepted'],
    ['at the begin', begunAtMs, 'not_accepted'],
    ['long ago', begunAtMs - 30 * 24 * HOUR, 'not_accepted'],
    ['left out', undefined, 'none'],
  ])('%s', (_what, nextPaidAtMs, evidence) => {
    expect(readEvidence(paid, nextPaidAtMs, false)).toBe(evidence);
  });

  it('proves no acceptance where a later message may have moved it', () => {
    expect(readEvidence(paid, begunAtMs + 26 * HOUR, true)).toBe('none');
  });

  it('proves that nothing was taken whatever came later', () => {
    expect(readEvidence(paid, begunAtMs - HOUR, true)).toBe('not_accepted');
  });
});
