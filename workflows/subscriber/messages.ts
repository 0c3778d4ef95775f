import { setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import { clockMovedSignal, refreshSignal } from '../shared/lifecycle.contract';
import type { Life } from './life';
import {
  campaignOutcomeSignal,
  inboundSignal,
  messageHeldSignal,
  messageRequestedSignal,
  optInRequestedSignal,
  optedInSignal,
  optedOutSignal,
  orderStatusChangedSignal,
  subscriberViewQuery,
} from './subscriber.contract';
import { viewOf } from './view';

/** Each tells a reader of the history what happened, and the workflow no more than "look". */
const NEWS = [
  optInRequestedSignal,
  messageRequestedSignal,
  optedInSignal,
  optedOutSignal,
  orderStatusChangedSignal,
  messageHeldSignal,
  inboundSignal,
  campaignOutcomeSignal,
  refreshSignal,
];

/**
 * Listens. What there is to do stands in Postgres, so a signal that is lost, late or doubled does no harm, and one that
 * only a newer release knows makes this one look, too.
 */
export function listen(life: Life): void {
  const look = (): void => {
    life.look();
  };
  for (const signal of NEWS) setHandler(signal, look);
  setDefaultSignalHandler(look);
  setHandler(clockMovedSignal, ({ nowMs }) => {
    life.clock.learn(nowMs);
    life.look();
  });
  setHandler(subscriberViewQuery, () => viewOf(life));
}
