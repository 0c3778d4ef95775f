import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ConsentEvent, ConsentRegister } from '../../domain/subscriber/consent';
import { NO_CONSENT, applyConsent } from '../../domain/subscriber/consent';

function after(events: readonly ConsentEvent[]): ConsentRegister {
  return events.reduce((register, event) => applyConsent(register, event).register, NO_CONSENT);
}

const anEvent = fc.record({
  kind: fc.constantFrom<ConsentEvent['kind']>('asked', 'opt_in', 'opt_out'),
  atMs: fc.integer({ min: 0, max: 6 }),
});

describe('When nothing was said', () => {
  it('a question makes it asked', () => {
    expect(after([{ kind: 'asked', atMs: 5 }])).toEqual({ consent: 'asked', atMs: null });
  });

  it('an opt-out makes it revoked', () => {
    expect(after([{ kind: 'opt_out', atMs: 5 }])).toEqual({ consent: 'revoked', atMs: 5 });
  });
});

describe('When granted', () => {
  const granted: ConsentRegister = { consent: 'granted', atMs: 10 };

  it.each([
    ['an older opt-out', 9, 'granted', false],
    ['an opt-out at the same moment', 10, 'revoked', true],
    ['a newer opt-out', 11, 'revoked', true],
  ])('%s', (_what, atMs, consent, applied) => {
    expect(applyConsent(granted, { kind: 'opt_out', atMs })).toMatchObject({ register: { consent }, applied });
  });

  it('a question changes nothing', () => {
    expect(applyConsent(granted, { kind: 'asked', atMs: 99 })).toEqual({ register: granted, applied: false });
  });
});

describe('When revoked', () => {
  const revoked: ConsentRegister = { consent: 'revoked', atMs: 10 };

  it.each([
    ['an older opt-in', 9, 'revoked', false],
    ['an opt-in at the same moment', 10, 'revoked', false],
    ['a newer opt-in', 11, 'granted', true],
  ])('%s', (_what, atMs, consent, applied) => {
    expect(applyConsent(revoked, { kind: 'opt_in', atMs })).toMatchObject({ register: { consent }, applied });
  });
});

describe('Whatever comes in whatever order', () => {
  it('ends the same', () => {
    const shuffled = fc
      .array(anEvent, { maxLength: 8 })
      .chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })));
    fc.assert(
      fc.property(shuffled, ([events, other]) => {
        expect(after(other)).toEqual(after(events));
        expect(after([...events, ...other])).toEqual(after(events));
      }),
      { numRuns: 500 },
    );
  });

  it('never ends granted where the newest word is an opt-out', () => {
    fc.assert(
      fc.property(fc.array(anEvent, { maxLength: 8 }), (events) => {
        const words = events.filter((event) => event.kind !== 'asked');
        const newestMs = Math.max(...words.map((event) => event.atMs));
        const left = words.some((event) => event.kind === 'opt_out' && event.atMs === newestMs);
        if (left) expect(after(events).consent).toBe('revoked');
      }),
    );
  });

  it('changes nothing a second time', () => {
    fc.assert(
      fc.property(fc.array(anEvent, { maxLength: 5 }), anEvent, (events, event) => {
        expect(applyConsent(after([...events, event]), event).applied).toBe(false);
      }),
    );
  });
});
