import type { Person } from '../model/person';
import type { GraphCall } from './call';
import { GraphError } from './graph-error';

const OUTSIDE = { messenger: 2018278, instagram: 2534022 };

/** Refuses what may only be sent within 24 h of something the person did. */
export function requireOpenWindow(call: GraphCall, person: Person): void {
  if ((person.windowUntilMs ?? 0) > call.nowMs) return;
  throw new GraphError(10, {
    subcode: OUTSIDE[call.access.page.platform],
    message: '(#10) This message is sent outside of allowed window.',
  });
}
