import type { Reservation } from '../../domain/campaign/booking';
import { bookingFor } from '../../domain/campaign/booking';
import { rankOf } from '../../domain/delivery/send-transitions';
import type { Booking } from './money';
import { LIFETIME } from './money';
import type { SendRow } from './send-row';

/**
 * The money that a move of a send takes with it: a claim reserves, a delivery is paid for, and what did not go gives its
 * money back.
 *
 * @param before - null for a row that does not stand yet
 */
export function bookingsOf(before: SendRow | null, after: SendRow): Booking[] {
  if (after.state === 'claimed' && before?.state !== 'claimed') return after.reserved ? [entry(after, 'reserve')] : [];
  if (before === null || before.costMinor === 0) return [];
  const isDelivered = before.deliveredAtMs === null && after.deliveredAtMs !== null;
  const kind = bookingFor(isDelivered ? 'delivered' : after.state, reservationOf(before, isDelivered));
  return kind === null ? [] : [entry(before, kind)];
}

/** Where Meta delivers what had been taken back, a reservation that stands open is another claim's. */
function reservationOf({ state, reserved, deliveredAtMs }: SendRow, isDelivered: boolean): Reservation {
  if (isDelivered && rankOf(state) === 0) return 'released';
  if (reserved) return 'open';
  return deliveredAtMs === null ? 'released' : 'charged';
}

const entry = ({ id, claimNo, costMinor, budgetDay }: SendRow, kind: Booking['kind']): Booking => ({
  sendId: id,
  claimNo,
  kind,
  amountMinor: costMinor,
  budgetDay: budgetDay ?? LIFETIME,
});
