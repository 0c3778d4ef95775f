import { describe, expect, it } from '@jest/globals';
import { campaignNameAtMeta, mayCreateAgain } from '../../domain/campaign/create-at-meta';
import { createAtMetaMs, earliestProbeMs, nextProbeMs, readinessAlarmMs } from '../../domain/campaign/readiness';
import { HOUR_MS, MINUTE_MS } from '../../domain/shared/duration';
import { NOW } from './builders';

const made = { createdAtMs: NOW, activatedAtMs: NOW, startAtMs: NOW };

describe('The first try of a campaign (R-13)', () => {
  it.each([
    ['60 minutes after its creation', made, NOW + HOUR_MS],
    ['10 minutes after a late activation', { ...made, activatedAtMs: NOW + 55 * MINUTE_MS }, NOW + 65 * MINUTE_MS],
    ['where both meet', { ...made, activatedAtMs: NOW + 50 * MINUTE_MS }, NOW + HOUR_MS],
    ['not before its start', { ...made, startAtMs: NOW + 24 * HOUR_MS }, NOW + 24 * HOUR_MS],
  ])('comes %s', (_when, facts, expected) => {
    expect(earliestProbeMs(facts)).toBe(expected);
    expect(nextProbeMs(facts, null)).toBe(expected);
  });
});

describe('After "not ready"', () => {
  const atMs = NOW + HOUR_MS;

  it.each([
    [2_300_012, 5],
    [2_300_041, 5],
    [2_300_003, 5],
    [2_300_028, 60],
    [2_300_033, 5],
    [null, 5],
  ])('%s is tried again after %d minutes', (code, minutes) => {
    expect(nextProbeMs(made, { code, atMs })).toBe(atMs + minutes * MINUTE_MS);
  });

  it('is not tried before the floor, whenever it was said', () => {
    expect(nextProbeMs(made, { code: 2_300_012, atMs: NOW })).toBe(NOW + HOUR_MS);
  });

  it('is told to the operator four hours after activation or start', () => {
    expect(readinessAlarmMs(made)).toBe(NOW + 4 * HOUR_MS);
    expect(readinessAlarmMs({ ...made, startAtMs: NOW + 24 * HOUR_MS })).toBe(NOW + 28 * HOUR_MS);
  });
});

describe('The creation of a campaign at Meta', () => {
  it('comes a day before the start', () => {
    expect(createAtMetaMs(NOW)).toBe(NOW - 24 * HOUR_MS);
  });

  it.each([
    ['nothing was read before', { emptyReads: 0, firstEmptyAtMs: null }, false],
    ['the first empty read is just under a minute old', { emptyReads: 1, firstEmptyAtMs: NOW - 59_999 }, false],
    ['two empty reads lie a minute apart', { emptyReads: 1, firstEmptyAtMs: NOW - 60_000 }, true],
  ])('happens a second time after a lost answer: %s', (_when, lost, expected) => {
    expect(mayCreateAgain(lost, NOW)).toBe(expected);
  });

  it('carries our id in its name', () => {
    expect(campaignNameAtMeta('Payday', 'c-1')).toBe('Payday [herald c-1]');
  });
});
