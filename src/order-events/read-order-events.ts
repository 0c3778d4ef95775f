import type { FieldError } from '../errors/problem';
import { Problem } from '../errors/problem';
import { checkDto } from '../http/validation';
import type { OrderEventReport } from '../sequences/order-event';
import { CreateOrderEventRequestDto } from './dto/create-order-event-request.dto';

/** Most events of one call. */
const MAX_EVENTS = 1_000;
/** Enough to find the mistake. */
const MAX_ERRORS = 100;
const NAMES = ['subscriberId', 'psid', 'email', 'phone'] as const;

/** The events of a call. */
export interface ReportedEvents {
  readonly reports: readonly OrderEventReport[];
  /** Whether they came as a list, and are answered as one. */
  readonly isList: boolean;
}

/** Where a field of an event stands in the body: `status`, in a list `[3].status`. */
export const placeOf = ({ isList }: Pick<ReportedEvents, 'isList'>, index: number, field: string): string =>
  isList ? `[${index}].${field}` : field;

/**
 * Reads one event or a list of them.
 *
 * @throws Problem 422 naming the wrong fields; in a list with the place of the event
 */
export function readOrderEvents(body: unknown): ReportedEvents {
  const isList = Array.isArray(body);
  const events: readonly unknown[] = isList ? body : [body];
  if (events.length === 0 || events.length > MAX_EVENTS) {
    throw Problem.fields({ field: 'body', reason: `must be one event or a list of 1 to ${MAX_EVENTS}` });
  }
  const errors: FieldError[] = [];
  const read = events.map((event, index) => {
    const { instance, errors: wrong } = checkDto(CreateOrderEventRequestDto, event, isList ? `[${index}]` : '');
    errors.push(...wrong);
    if (wrong.length === 0 && NAMES.every((name) => instance[name] === undefined)) {
      const reason = `name the person by one of ${NAMES.join(', ')}`;
      errors.push({ field: placeOf({ isList }, index, 'subscriberId'), reason });
    }
    return instance;
  });
  if (errors.length > 0) throw Problem.fields(...errors.slice(0, MAX_ERRORS));
  return { reports: read.map(toReport), isList };
}

/** Ids are written in lower case, as Postgres gives them back. */
function toReport({ occurredAt, pageId, subscriberId, ...event }: CreateOrderEventRequestDto): OrderEventReport {
  return {
    ...(event as Omit<OrderEventReport, 'occurredAtMs' | 'pageId' | 'subscriberId'>),
    pageId: pageId.toLowerCase(),
    ...(subscriberId !== undefined && { subscriberId: subscriberId.toLowerCase() }),
    occurredAtMs: Date.parse(occurredAt),
  };
}
