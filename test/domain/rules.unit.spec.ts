import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { RULE_IDS } from '../../domain/rules/rule';
import { RULES, isRuleId, ruleAt, ruleById } from '../../domain/rules/rules';
import { paidSpacingMs } from '../../domain/rules/spacing-rules';
import { DAY_MS, HOUR_MS, parseDuration } from '../../domain/shared/duration';
import { utcMidnightMs } from '../../domain/shared/iso-time';
import { NOW, ms } from './builders';

describe('The rules', () => {
  it('are R-01 to R-32, each once and in order', () => {
    expect(RULES.map((rule) => rule.id)).toEqual([...RULE_IDS]);
    expect(RULES.map((rule) => ruleById(rule.id))).toEqual([...RULES]);
  });

  it.each(RULES)('$id has a sentence, a source and versions that follow each other', (rule) => {
    expect(rule.sentence).toMatch(/^[A-Z].*\.$/);
    expect(rule.source.label).not.toBe('');
    rule.versions.forEach((version, index) => {
      const next = rule.versions[index + 1];
      expect(version.from).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      if (version.window !== undefined) expect(parseDuration(version.window)).toBeGreaterThan(0);
      if (next !== undefined) expect(utcMidnightMs(version.to ?? '') + DAY_MS).toBe(utcMidnightMs(next.from));
    });
  });

  it.each(RULES)('$id names files that exist', ({ enforcedBy, testedBy }) => {
    for (const file of [enforcedBy, testedBy]) expect(file === undefined || existsSync(file)).toBe(true);
  });

  it('know their own ids', () => {
    expect(isRuleId('R-08')).toBe(true);
    expect(isRuleId('R-33')).toBe(false);
    expect(isRuleId('toString')).toBe(false);
  });
});

describe('A version of a rule', () => {
  it.each([
    ['R-08', '2025-06-30T23:59:59.999Z', undefined],
    ['R-08', '2025-07-01T00:00:00Z', 'PT24H'],
    ['R-08', '2025-08-10T23:59:59.999Z', 'PT24H'],
    ['R-08', '2025-08-11T00:00:00Z', 'PT12H'],
    ['R-09', '2025-08-31T23:59:59.999Z', 'PT24H'],
    ['R-09', '2025-09-01T00:00:00Z', 'PT48H'],
    ['R-19', '2025-06-30T23:59:59.999Z', undefined],
    ['R-19', '2025-07-01T00:00:00Z', 'P90D'],
    ['R-19', '2025-10-19T23:59:59.999Z', 'P90D'],
    ['R-19', '2025-10-20T00:00:00Z', undefined],
  ] as const)('%s at %s has the window %s', (id, time, window) => {
    expect(ruleAt(id, ms(time))?.window).toBe(window);
  });

  it('is in force for every rule but R-19 today', () => {
    expect(RULES.filter((rule) => ruleAt(rule.id, NOW) === null).map((rule) => rule.id)).toEqual(['R-19']);
  });

  it('says that sponsored messages have ended (R-31) and that campaigns are not counted (R-23)', () => {
    expect(ruleAt('R-31', ms('2024-07-30T23:59:59Z'))).toBeNull();
    expect(ruleAt('R-31', ms('2024-07-31T00:00:00Z'))).not.toBeNull();
    expect(ruleAt('R-23', NOW)?.params).toEqual({});
  });

  it('gives figures before its first day, too', () => {
    expect(paidSpacingMs(ms('2020-01-01T00:00:00Z'))).toBe(24 * HOUR_MS);
    expect(paidSpacingMs(NOW)).toBe(12 * HOUR_MS);
  });
});
