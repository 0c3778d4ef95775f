import { describe, expect, it } from '@jest/globals';
import type { CampaignState } from '../../domain/campaign/campaign-transitions';
import {
  CAMPAIGN_STATES,
  CAMPAIGN_TRANSITIONS,
  campaignMovesTo,
  isFinal,
  isUnderWay,
  stateAfterResume,
  takesRecipients,
} from '../../domain/campaign/campaign-transitions';

describe('The table of moves of a campaign', () => {
  it('reaches every state from draft', () => {
    const reached = new Set<CampaignState>(['draft']);
    for (const _round of CAMPAIGN_STATES) {
      for (const move of CAMPAIGN_TRANSITIONS) if (reached.has(move.from)) reached.add(move.to);
    }
    expect([...reached].sort()).toEqual([...CAMPAIGN_STATES].sort());
  });

  it('leaves no final state', () => {
    expect(CAMPAIGN_STATES.filter(isFinal)).toEqual(['ended', 'stopped', 'failed']);
  });

  it.each([
    ['start', 'scheduled', ['draft']],
    ['pause', 'paused', ['scheduled', 'populating', 'active']],
    ['resume', 'populating', ['paused']],
    ['stop', 'stopped', ['scheduled', 'populating', 'active', 'paused']],
    ['ready', 'active', ['populating']],
    ['resume', 'ended', []],
  ] as const)('%s brings to %s from %j', (by, to, from) => {
    expect(campaignMovesTo(to, by)).toEqual(from);
  });
});

describe('A paused campaign', () => {
  it.each(['scheduled', 'populating', 'active'] as const)('goes back to %s', (state) => {
    expect(stateAfterResume(state)).toBe(state);
    expect(campaignMovesTo(stateAfterResume(state), 'resume')).toContain('paused');
  });

  it('begins again where nobody knows what it was', () => {
    expect(stateAfterResume(null)).toBe('scheduled');
    expect(stateAfterResume('ended')).toBe('scheduled');
  });
});

describe('A campaign', () => {
  it('is under way once it is started, unless it is paused or over', () => {
    expect(CAMPAIGN_STATES.filter(isUnderWay)).toEqual(['scheduled', 'populating', 'active']);
  });

  it('takes recipients once it is started and until it is over', () => {
    expect(CAMPAIGN_STATES.filter(takesRecipients)).toEqual(['scheduled', 'populating', 'active', 'paused']);
  });
});
