import { describe, expect, it } from '@jest/globals';
import type { SendState } from '../../domain/delivery/send-transitions';
import {
  SEND_STATES,
  SEND_TRANSITIONS,
  isSendMoveAllowed,
  mayHaveBeenSent,
  rankOf,
  reachedAtLeast,
  sendMovesTo,
} from '../../domain/delivery/send-transitions';

describe('The table of moves of a send', () => {
  it('reaches every state from the beginning', () => {
    const reached = new Set<SendState | null>([null]);
    for (const _round of SEND_STATES) {
      for (const move of SEND_TRANSITIONS) if (reached.has(move.from)) reached.add(move.to);
    }
    expect([...reached].filter((state) => state !== null).sort()).toEqual([...SEND_STATES].sort());
  });

  it('names no move twice', () => {
    const moves = SEND_TRANSITIONS.map((move) => `${move.from ?? ''} ${move.to} ${move.by}`);
    expect(new Set(moves).size).toBe(moves.length);
  });

  it('never brings back what may have been sent, except by a complete refusal of Meta', () => {
    const back = SEND_TRANSITIONS.filter((move) => mayHaveBeenSent(move.from ?? 'queued') && !mayHaveBeenSent(move.to));
    const origins = back.filter((move) => move.to !== 'failed').map((move) => `${move.from ?? ''} ${move.by}`);
    expect(new Set(origins)).toEqual(new Set(['sending settle']));
  });

  it('never sends an unknown again', () => {
    const after = SEND_TRANSITIONS.filter((move) => move.from === 'unknown').map((move) => move.to);
    expect(after).not.toContain('queued');
    expect(after).not.toContain('held');
  });

  it('lets webhooks move forward only', () => {
    for (const move of SEND_TRANSITIONS.filter(({ by, to }) => by === 'webhook' && to !== 'failed')) {
      expect(rankOf(move.to)).toBeGreaterThan(rankOf(move.from ?? 'queued'));
    }
    expect(isSendMoveAllowed('delivered', 'failed', 'webhook')).toBe(false);
  });

  it('lets only a new choice bring back what was refused, failed or cancelled', () => {
    for (const from of ['refused', 'failed', 'cancelled'] as const) {
      expect(SEND_TRANSITIONS.filter((move) => move.from === from)).toEqual([{ from, to: 'queued', by: 'choice' }]);
    }
  });

  it('answers with the states to move from', () => {
    expect(sendMovesTo('cancelled', 'close_out').sort()).toEqual(['claimed', 'held', 'queued']);
    expect(sendMovesTo('queued', 'choice').sort()).toEqual(['cancelled', 'failed', 'refused']);
  });
});

describe('A state of a send', () => {
  it('counts towards every total it has reached', () => {
    expect(reachedAtLeast('read', 'accepted')).toBe(true);
    expect(reachedAtLeast('read', 'clicked')).toBe(false);
    expect(reachedAtLeast('unknown', 'accepted')).toBe(false);
  });

  it('may have reached the person from the moment the bytes leave (R-27)', () => {
    expect(SEND_STATES.filter(mayHaveBeenSent)).toEqual([
      'sending',
      'unknown',
      'assumed_sent',
      'accepted',
      'delivered',
      'read',
      'clicked',
    ]);
  });
});
