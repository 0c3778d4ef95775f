import { describe, expect, it } from '@jest/globals';
import type { BookingKind, Reservation } from '../../domain/campaign/booking';
import { bookingFor } from '../../domain/campaign/booking';
import { SEND_STATES } from '../../domain/delivery/send-transitions';

describe('The money of a send (R-15)', () => {
  const states = (reservation: Reservation, kind: BookingKind): string[] =>
    SEND_STATES.filter((state) => bookingFor(state, reservation) === kind);

  it('is charged by a delivery alone', () => {
    expect(states('open', 'charge')).toEqual(['delivered', 'read', 'clicked']);
    expect(states('charged', 'charge')).toEqual([]);
  });

  it('comes back when the message does not go', () => {
    expect(states('open', 'release')).toEqual(['queued', 'held', 'failed', 'refused', 'cancelled']);
  });

  it('stays reserved while nobody knows', () => {
    for (const state of ['sending', 'unknown', 'assumed_sent', 'accepted'] as const)
      expect(bookingFor(state, 'open')).toBeNull();
  });

  it('is adjusted when Meta delivers after all', () => {
    expect(states('released', 'adjust')).toEqual(['delivered', 'read', 'clicked']);
  });

  it('is never booked twice', () => {
    for (const state of SEND_STATES) expect(bookingFor(state, 'charged')).toBeNull();
  });
});
