import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decideSend } from '../../domain/delivery/decide-send';
import type { SendFacts } from '../../domain/delivery/send-facts';
import { DAY_MS, HOUR_MS } from '../../domain/shared/duration';
import { isoTime } from '../../domain/shared/iso-time';
import { NOW, aSend, aWindowSend, ms } from './builders';

const END = ms('2026-11-25T00:00:00Z');
const START = ms('2026-11-20T00:00:00Z');

function rule(facts: SendFacts, nowMs = NOW): string {
  const decision = decideSend(facts, nowMs);
  return decision.kind === 'send' ? 'send' : `${decision.kind} ${decision.ruleId}`;
}

describe('When nothing speaks against a paid message', () => {
  it('is sent and takes the slot until the later of 12 hours and the next local midnight', () => {
    expect(decideSend(aSend(), NOW)).toEqual({ kind: 'send', slotUntilMs: ms('2026-11-22T22:00:00Z') });
  });

  it("takes the slot by the person's own zone where it is known", () => {
    const facts = aSend({ person: { timeZone: 'UTC' } });
    expect(decideSend(facts, NOW)).toEqual({ kind: 'send', slotUntilMs: ms('2026-11-23T00:00:00Z') });
  });
});

describe("When the campaign's state is looked at", () => {
  it.each([
    ['ended', 'refuse R-16'],
    ['stopped', 'refuse R-16'],
    ['failed', 'refuse R-16'],
    ['draft', 'hold R-16'],
    ['scheduled', 'hold R-16'],
    ['populating', 'send'],
    ['active', 'send'],
    ['paused', 'hold R-16'],
  ] as const)('%s answers %s', (state, expected) => {
    expect(rule(aSend({ campaign: { state } }))).toBe(expected);
  });

  it.each([
    ['page_restricted', 'hold R-25'],
    ['payment', 'hold R-26'],
    ['content', 'hold R-24'],
    ['account', 'hold R-25'],
    ['not_ready', 'hold R-13'],
    ['paused_by_request', 'hold R-16'],
  ] as const)('a pause for %s answers %s', (reason, expected) => {
    expect(rule(aSend({ campaign: { state: 'paused', reason } }))).toBe(expected);
  });

  it.each([
    ['whoever did not opt in', { person: { consent: 'none' } }, 'refuse R-11'],
    ['whoever is in an excluded region', { person: { region: 'excluded' } }, 'refuse R-18'],
    ['whom the content does not fit', { content: { problem: 'variable name' } }, 'refuse R-24'],
    ['whose slot is taken', { person: { paidSlotUntilMs: NOW + HOUR_MS } }, 'hold R-16'],
  ] as const)('%s waits for no campaign that could not send to them: %#', (_who, facts, expected) => {
    expect(rule(aSend({ ...facts, campaign: { state: 'scheduled', startAtMs: NOW + HOUR_MS } }))).toBe(expected);
  });

  it('waits for the campaign, not for a moment of the person', () => {
    expect(decideSend(aSend({ campaign: { state: 'paused' } }), NOW)).toMatchObject({
      waitsFor: 'campaign',
      dueAtMs: null,
    });
    const scheduled = aSend({ campaign: { state: 'scheduled', startAtMs: NOW + 1 } });
    expect(decideSend(scheduled, NOW)).toMatchObject({ waitsFor: 'campaign', dueAtMs: NOW + 1 });
  });
});

describe('When Meta restricts the Page (R-25)', () => {
  const restriction = { subject: 'page', permanent: false, reason: 'spam', untilMs: null } as const;

  it('keeps a campaign waiting for the Page', () => {
    const decision = decideSend(aSend({ page: { restriction } }), NOW);
    expect(decision).toMatchObject({ kind: 'hold', ruleId: 'R-25', waitsFor: 'page', dueAtMs: null });
  });

  it.each(['page', 'app', 'account'] as const)('tells a block of the %s apart', (subject) => {
    const decision = decideSend(aSend({ page: { restriction: { ...restriction, subject } } }), NOW);
    expect(decision).toMatchObject({ facts: { subject, reason: 'spam' } });
  });

  it('refuses for good under a permanent one', () => {
    expect(rule(aSend({ page: { restriction: { ...restriction, permanent: true } } }))).toBe('refuse R-25');
  });

  it('refuses a single message that does not want to wait', () => {
    expect(rule(aWindowSend({ page: { restriction }, whenSlotTaken: 'refuse' }))).toBe('refuse R-25');
    expect(rule(aWindowSend({ page: { restriction }, whenSlotTaken: 'hold' }))).toBe('hold R-25');
  });
});

describe('When the Page has no paid messages (R-30)', () => {
  it('refuses on Instagram and never falls back', () => {
    expect(rule(aSend({ page: { platform: 'instagram' } }))).toBe('refuse R-30');
  });

  it.each([
    ['2025-06-30T23:59:59.999Z', 'refuse R-30'],
    ['2025-07-01T00:00:00Z', 'send'],
  ])('at %s answers %s', (time, expected) => {
    expect(rule(aSend({ campaign: { startAtMs: 0, readyAtMs: null } }), ms(time))).toBe(expected);
  });
});

describe('When the schedule is looked at (R-16, R-13)', () => {
  it.each([
    ['just before the end', END - 1, 'send'],
    ['at the end', END, 'refuse R-16'],
    ['after the end', END + DAY_MS, 'refuse R-16'],
    ['just before the start', START - 1, 'hold R-16'],
    ['at the start, before it is ready', START, 'hold R-13'],
    ['just before it is ready', START + HOUR_MS - 1, 'hold R-13'],
    ['when it is ready', START + HOUR_MS, 'send'],
  ])('%s', (_when, nowMs, expected) => {
    expect(rule(aSend(), nowMs)).toBe(expected);
  });

  it('says when it ended', () => {
    expect(decideSend(aSend(), END)).toMatchObject({ facts: { endAt: '2026-11-25T00:00:00.000Z' }, allowedAtMs: null });
  });

  it('asks nothing of the hidden campaign of a Page', () => {
    expect(rule(aWindowSend({ campaign: { state: 'draft', startAtMs: NOW + 1, endAtMs: NOW } }))).toBe('send');
  });
});

describe('When the same content went to the person before (R-27)', () => {
  it('is refused for ever', () => {
    expect(decideSend(aSend({ alreadyChosen: true }), NOW)).toMatchObject({ ruleId: 'R-27', allowedAtMs: null });
  });
});

describe('When consent and token are looked at (R-11, R-10)', () => {
  it.each(['none', 'asked', 'revoked'] as const)('refuses a person with consent %s', (consent) => {
    expect(decideSend(aSend({ person: { consent } }), NOW)).toMatchObject({ ruleId: 'R-11', facts: { consent } });
  });

  it.each([
    ['no token', null, 'refuse R-11'],
    ['an ended token', { state: 'ended', lane: 'paid', expiresAtMs: null }, 'refuse R-11'],
    ['a token that expires now', { state: 'active', lane: 'rn', expiresAtMs: NOW }, 'refuse R-11'],
    ['a token that expires later', { state: 'active', lane: 'rn', expiresAtMs: NOW + 1 }, 'send'],
    ['a carried-over token', { state: 'active', lane: 'rn', expiresAtMs: null }, 'send'],
  ] as const)('with %s answers %3$s', (_what, token, expected) => {
    expect(rule(aSend({ person: { token } }))).toBe(expected);
  });
});

describe('When regions are looked at (R-18)', () => {
  const allowed = 'AU BR CL CO HK IN ID IL MY MX NZ PE PH SA SG TW TH AE US VN'.split(' ');

  it('has the 20 countries of businesses', () => {
    expect(allowed).toHaveLength(20);
    for (const country of allowed) expect(rule(aSend({ page: { country } }))).toBe('send');
    for (const country of ['DE', 'JP', 'GB', 'CA']) expect(rule(aSend({ page: { country } }))).toBe('refuse R-18');
  });

  it.each(['DE', 'FR', 'EU', 'JP', 'KR', 'AU', 'GB', 'UK', 'excluded'])('excludes people in %s', (region) => {
    expect(rule(aSend({ person: { region } }))).toBe('refuse R-18');
  });

  it('excludes nobody whose region is unknown or elsewhere', () => {
    expect(rule(aSend({ person: { region: null } }))).toBe('send');
    expect(rule(aSend({ person: { region: 'VN' } }))).toBe('send');
    expect(rule(aSend({ page: { country: '' } }))).toBe('send');
  });
});

describe('When the content lacks something for the person (R-24)', () => {
  it('is refused with the problem', () => {
    const facts = aSend({ content: { problem: 'no value and no fallback for "city"' } });
    expect(decideSend(facts, NOW)).toMatchObject({ kind: 'refuse', ruleId: 'R-24' });
  });
});

describe('When the slot is taken (R-08, R-20)', () => {
  it.each([
    ['before its end', NOW + 1, 'hold R-08'],
    ['at its end', NOW, 'send'],
    ['after its end', NOW - 1, 'send'],
  ])('%s', (_when, paidSlotUntilMs, expected) => {
    expect(rule(aSend({ person: { paidSlotUntilMs } }))).toBe(expected);
  });

  it.each([
    ['R-08', NOW + 1, 'hold R-08'],
    [null, NOW + 1, 'hold R-08'],
    ['R-20', NOW + 1, 'hold R-20'],
    ['R-20', NOW, 'send'],
  ] as const)("takes Meta's word (%s)", (metaPaidRule, metaPaidUntilMs, expected) => {
    expect(rule(aSend({ person: { metaPaidRule, metaPaidUntilMs } }))).toBe(expected);
  });

  it('is decided anew when the later of both words is over', () => {
    const person = { paidSlotUntilMs: NOW + 1, metaPaidUntilMs: NOW + HOUR_MS, metaPaidRule: 'R-20' } as const;
    const decision = decideSend(aSend({ person }), NOW);
    expect(decision).toMatchObject({ ruleId: 'R-08', dueAtMs: NOW + HOUR_MS, allowedAtMs: NOW + HOUR_MS });
  });

  it('is refused where the call says so, with the moment', () => {
    const facts = aSend({ person: { paidSlotUntilMs: NOW + 5 }, whenSlotTaken: 'refuse' });
    expect(decideSend(facts, NOW)).toEqual({
      kind: 'refuse',
      ruleId: 'R-08',
      facts: { slotUntil: isoTime(NOW + 5), metaUntil: null, spacing: '12 hours', oneMessagePerLocalDay: true },
      allowedAtMs: NOW + 5,
    });
  });

  it.each([
    ['just before the end', END - 1, 'hold R-08'],
    ['at the end', END, 'refuse R-08'],
  ])('waits only for a moment inside the schedule: %s', (_when, paidSlotUntilMs, expected) => {
    const facts = aSend({ person: { paidSlotUntilMs } });
    expect(rule(facts)).toBe(expected);
    const decision = decideSend(facts, NOW);
    expect(decision.kind === 'refuse' && decision.facts['afterScheduleEnd']).toBe(decision.kind === 'refuse');
  });
});

describe('When the budget is looked at (R-14)', () => {
  it.each([
    ['more than a message', 101, 'send'],
    ['exactly a message', 100, 'send'],
    ['less than a message', 99, 'refuse R-14'],
    ['nothing', 0, 'refuse R-14'],
    ['less than nothing', -50, 'refuse R-14'],
  ])('%s is left', (_what, remainingMinor, expected) => {
    expect(rule(aSend({ budget: { remainingMinor } }))).toBe(expected);
  });

  it('names the kind, and the next day for a daily budget', () => {
    const daily = { kind: 'daily', remainingMinor: 0, nextBudgetDayAtMs: NOW + HOUR_MS } as const;
    expect(decideSend(aSend({ budget: daily }), NOW)).toMatchObject({
      facts: { kind: 'daily' },
      allowedAtMs: NOW + HOUR_MS,
    });
    expect(decideSend(aSend({ budget: { remainingMinor: 0 } }), NOW)).toMatchObject({
      facts: { kind: 'lifetime', remainingMinor: 0, unitCostMinor: 100, currency: 'USD' },
      allowedAtMs: null,
    });
  });

  it('waits for money where the call says so', () => {
    const facts = aSend({ budget: { remainingMinor: 0 }, whenBudgetUsedUp: 'hold' });
    expect(decideSend(facts, NOW)).toMatchObject({ kind: 'hold', waitsFor: 'money', dueAtMs: null, allowedAtMs: null });
  });

  it('waits for the next day inside the schedule', () => {
    const budget = { kind: 'daily', remainingMinor: 0, nextBudgetDayAtMs: END - 1 } as const;
    const waiting = aSend({ budget, whenBudgetUsedUp: 'hold' });
    expect(decideSend(waiting, NOW)).toMatchObject({ kind: 'hold', waitsFor: 'moment', dueAtMs: END - 1 });
    const tooLate = aSend({ budget: { ...budget, nextBudgetDayAtMs: END }, whenBudgetUsedUp: 'hold' });
    expect(decideSend(tooLate, NOW)).toMatchObject({ kind: 'refuse', facts: { afterScheduleEnd: true } });
  });
});

describe('When the message goes through the window (R-32)', () => {
  it.each([
    ['just before its end', NOW + 1, 'send'],
    ['at its end', NOW, 'refuse R-32'],
    ['after its end', NOW - 1, 'refuse R-32'],
    ['never open', null, 'refuse R-32'],
  ])('%s', (_when, windowUntilMs, expected) => {
    expect(rule(aWindowSend({ person: { windowUntilMs } }))).toBe(expected);
  });

  it('asks neither consent nor slot nor region, and takes no slot', () => {
    const facts = aWindowSend({ person: { paidSlotUntilMs: NOW + 1, region: 'DE' }, page: { platform: 'instagram' } });
    expect(decideSend(facts, NOW)).toEqual({ kind: 'send', slotUntilMs: null });
  });

  it.each([
    ['promotional', 'refuse R-11'],
    ['human_reply', 'send'],
    ['post_purchase', 'send'],
    ['transactional', 'send'],
  ] as const)('answers a person who stopped with %s: %s', (purpose, expected) => {
    expect(rule(aWindowSend({ person: { consent: 'revoked' }, content: { purpose } }))).toBe(expected);
  });
});

describe('When several rules speak against a message', () => {
  const objections: [string, Parameters<typeof aSend>[0] & object][] = [
    ['refuse R-16', { campaign: { state: 'ended', endAtMs: NOW } }],
    ['hold R-25', { page: { restriction: { subject: 'page', permanent: false, reason: null, untilMs: null } } }],
    ['refuse R-16', { campaign: { endAtMs: NOW } }],
    ['refuse R-27', { alreadyChosen: true }],
    ['refuse R-11', { person: { consent: 'revoked' } }],
    ['refuse R-18', { person: { region: 'DE' } }],
    ['refuse R-24', { content: { problem: 'x' } }],
    ['hold R-08', { person: { paidSlotUntilMs: NOW + 1 } }],
    ['hold R-20', { person: { metaPaidUntilMs: NOW + 1, metaPaidRule: 'R-20' } }],
    ['refuse R-14', { budget: { remainingMinor: 0 } }],
  ];

  it('names the first in the order of refusals', () => {
    for (const [index, [expected]] of objections.entries()) {
      const later = objections.slice(index).map(([, changes]) => changes);
      const merged = later.reduceRight((sum, changes) => ({
        ...sum,
        ...changes,
        campaign: { ...sum.campaign, ...changes.campaign },
        person: { ...sum.person, ...changes.person },
      }));
      expect([index, rule(aSend(merged))]).toEqual([index, expected]);
    }
  });
});

describe('Whatever the facts', () => {
  const moment = fc.integer({ min: NOW - 3 * DAY_MS, max: NOW + 3 * DAY_MS });
  const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });
  const facts = fc
    .record({
      lane: fc.constantFrom('paid', 'window'),
      alreadyChosen: fc.boolean(),
      whenSlotTaken: fc.constantFrom('hold', 'refuse'),
      whenBudgetUsedUp: fc.constantFrom('hold', 'refuse'),
      campaign: fc.record({
        state: fc.constantFrom('active', 'active', 'active', 'populating', 'scheduled', 'paused', 'ended'),
        endAtMs: maybe(moment),
      }),
      person: fc.record({
        consent: fc.constantFrom('granted', 'granted', 'granted', 'revoked', 'asked'),
        paidSlotUntilMs: maybe(moment),
        metaPaidUntilMs: maybe(moment),
        metaPaidRule: maybe(fc.constantFrom('R-08', 'R-20')),
        windowUntilMs: maybe(moment),
      }),
      budget: fc.record({
        remainingMinor: fc.integer({ min: -200, max: 400 }),
        unitCostMinor: fc.integer({ min: 1, max: 200 }),
      }),
    })
    .map((changes) => aSend(changes as Parameters<typeof aSend>[0]));

  it('a paid message goes only with consent, a free slot, money and a running campaign', () => {
    fc.assert(
      fc.property(facts, moment, (seen, nowMs) => {
        if (seen.lane !== 'paid' || decideSend(seen, nowMs).kind !== 'send') return;
        expect(seen.person.consent).toBe('granted');
        expect(seen.person.paidSlotUntilMs ?? 0).toBeLessThanOrEqual(nowMs);
        expect(seen.person.metaPaidUntilMs ?? 0).toBeLessThanOrEqual(nowMs);
        expect(seen.budget?.remainingMinor).toBeGreaterThanOrEqual(seen.budget?.unitCostMinor ?? 0);
        expect(seen.campaign.endAtMs ?? Infinity).toBeGreaterThan(nowMs);
        expect(['populating', 'active']).toContain(seen.campaign.state);
        expect(seen.alreadyChosen).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('a moment that is promised lies ahead, and inside the schedule where somebody waits for it', () => {
    fc.assert(
      fc.property(facts, moment, (seen, nowMs) => {
        const decision = decideSend(seen, nowMs);
        if (decision.kind === 'send' || decision.allowedAtMs === null) return;
        expect(decision.allowedAtMs).toBeGreaterThanOrEqual(nowMs);
        if (decision.kind === 'hold' && decision.waitsFor === 'moment') {
          expect(decision.allowedAtMs).toBeLessThan(seen.campaign.endAtMs ?? Infinity);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('a rule that held no longer holds at the moment it named', () => {
    fc.assert(
      fc.property(facts, moment, (seen, nowMs) => {
        const before = decideSend(seen, nowMs);
        if (before.kind !== 'hold' || before.waitsFor !== 'moment' || before.dueAtMs === null) return;
        const after = decideSend(seen, before.dueAtMs);
        expect(after.kind === 'send' || after.ruleId === 'R-14').toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is plain JSON without personal data', () => {
    fc.assert(
      fc.property(facts, moment, (seen, nowMs) => {
        const decision = decideSend(seen, nowMs);
        expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
      }),
    );
  });
});
