import { describe, expect, it } from '@jest/globals';
import { decideSend } from '../../domain/delivery/decide-send';
import { SEND_STATES } from '../../domain/delivery/send-transitions';
import { explainConsent, explainOptInRequest, explainSend } from '../../domain/explain/explain';
import { RULE_IDS } from '../../domain/rules/rule';
import { NOW, aSend } from './builders';

describe('The sentence about a message', () => {
  it('that was refused for its budget', () => {
    const decision = decideSend(aSend({ budget: { remainingMinor: 0 } }), NOW);
    if (decision.kind === 'send') throw new Error('the budget is used up');
    expect(explainSend({ ...decision, state: 'refused', atMs: NOW })).toBe(
      "Refused on 2026-11-22 10:00 UTC because the campaign's lifetime budget is used up (0.00 USD left, a message costs 1.00 USD); " +
        'it changes with a higher budget or with returned money ' +
        '(R-14 "A budget is a limit", in force since 2025-07-01, source: Meta\'s FAQ on marketing messages, 31 March 2026).',
    );
  });

  it('that is held for its slot', () => {
    const decision = decideSend(aSend({ person: { paidSlotUntilMs: NOW + 60_000 } }), NOW);
    if (decision.kind === 'send') throw new Error('the slot is taken');
    expect(explainSend({ ...decision, state: 'held', atMs: NOW })).toBe(
      "Held on 2026-11-22 10:00 UTC because the last paid message keeps the person's slot until 2026-11-22 10:01 UTC " +
        '(12 hours apart, one per local day); it would be allowed from 2026-11-22 10:01 UTC ' +
        '(R-08 "Spacing of paid messages", in force since 2025-08-11, source: Meta\'s changelog of marketing messages, 6 May 2026).',
    );
  });

  it('that was sent', () => {
    const sent = { state: 'delivered', ruleId: null, facts: {}, atMs: NOW, allowedAtMs: null } as const;
    expect(explainSend(sent)).toMatch(
      /^Sent and delivered on 2026-11-22 10:00 UTC because the person had opted in, .*\(R-08 /,
    );
    expect(explainSend({ ...sent, ruleId: 'R-08', facts: { lane: 'window' } })).toMatch(
      /window was open \(R-32 .*\)\.$/,
    );
  });

  it("that failed carries Meta's code", () => {
    const failed = { state: 'failed', facts: { code: 2_300_034 }, atMs: NOW, allowedAtMs: null } as const;
    expect(explainSend({ ...failed, ruleId: 'R-11' })).toContain('(Meta answered with code 2300034)');
    expect(explainSend({ ...failed, ruleId: null })).toContain(
      'refused the message for good (Meta answered with code 2300034)',
    );
  });

  it('names what a campaign or a Page waits for', () => {
    const about = (facts: Record<string, string | boolean>, ruleId: 'R-16' | 'R-25' | 'R-11'): string =>
      explainSend({ state: 'refused', ruleId, facts, atMs: NOW, allowedAtMs: null });
    expect(about({ campaignState: 'paused' }, 'R-16')).toContain('the campaign is paused');
    expect(about({ campaignState: 'stopped' }, 'R-16')).toContain('the campaign was stopped');
    expect(about({ endAt: '2026-11-22T00:00:00.000Z' }, 'R-16')).toContain('schedule ended on 2026-11-22 00:00 UTC');
    expect(about({ subject: 'app', permanent: true, reason: 'spam' }, 'R-25')).toContain(
      'restricts the app for good ("spam")',
    );
    expect(about({ consent: 'granted', token: 'expired' }, 'R-11')).toContain("the person's token has expired");
  });

  it('is one sentence for every state and every rule', () => {
    for (const state of SEND_STATES) {
      for (const ruleId of [null, ...RULE_IDS]) {
        const sentence = explainSend({ state, ruleId, facts: {}, atMs: NOW, allowedAtMs: null });
        expect(sentence).toMatch(
          /^[A-Z][^\n]* because [^\n]*\(R-\d\d "[^"]+", in force since \d{4}-\d\d-\d\d, source: .*\)\.$/,
        );
        expect(sentence).not.toMatch(/undefined|null| {2}/);
      }
    }
  });
});

describe('The sentence about an opt-in request', () => {
  it('that waits for the window', () => {
    const waiting = {
      state: 'waiting',
      ruleId: 'R-01',
      facts: { windowUntil: null },
      atMs: NOW,
      allowedAtMs: null,
    } as const;
    expect(explainOptInRequest(waiting)).toMatch(
      /^Waiting to ask since .* never opened their 24-hour window; it changes when the person writes/,
    );
  });

  it('that was lost counts as asked', () => {
    const lost = { state: 'unknown', ruleId: null, facts: {}, atMs: NOW, allowedAtMs: null } as const;
    expect(explainOptInRequest(lost)).toContain('so the person counts as asked (R-03');
  });
});

describe('The sentence about consent', () => {
  it.each([
    ['none', /^Not subscribed/],
    ['asked', /^Asked but not subscribed/],
    ['granted', /^Subscribed since 2026-11-22 10:00 UTC/],
    ['revoked', /^Unsubscribed since .* may opt in again \(R-11/],
  ] as const)('%s', (consent, sentence) => {
    expect(explainConsent(consent, NOW)).toMatch(sentence);
  });
});
