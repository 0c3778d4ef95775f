import type { SendState } from '../delivery/send-transitions';

/** What became of the money that a send reserved. */
export type Reservation = 'open' | 'charged' | 'released';

/** An entry that a move of a send adds to the ledger. */
export type BookingKind = 'charge' | 'release' | 'adjust';

/**
 * Which entry a send's move adds: a delivery is paid for, a message that did not go gives its money back, and a
 * delivery after that is Meta's fact and is booked all the same. Source: R-15.
 *
 * @param to - the state after the move
 * @param reservation - what became of the reservation so far
 * @returns the kind of the entry, or null when the move books nothing
 */
export function bookingFor(to: SendState, reservation: Reservation): BookingKind | null {
  switch (to) {
    case 'delivered':
    case 'read':
    case 'clicked':
      return DELIVERED[reservation];
    case 'queued':
    case 'held':
    case 'failed':
    case 'refused':
    case 'cancelled':
      return reservation === 'open' ? 'release' : null;
    case 'claimed':
    case 'sending':
    case 'unknown':
    case 'assumed_sent':
    case 'accepted':
      return null;
  }
}

const DELIVERED: Readonly<Record<Reservation, BookingKind | null>> = {
  open: 'charge',
  charged: null,
  released: 'adjust',
};
