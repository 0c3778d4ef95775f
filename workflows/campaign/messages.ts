import { setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import { clockMovedSignal } from '../shared/lifecycle.contract';
import { campaignViewQuery } from './campaign.contract';
import type { Course } from './course';
import { viewOf } from './view';

/**
 * Listens. Every signal says no more than "look": what there is to do stands in Postgres, so one that is lost, late or
 * doubled does no harm.
 */
export function listen(course: Course): void {
  setDefaultSignalHandler(() => {
    course.look();
  });
  setHandler(clockMovedSignal, ({ nowMs }) => {
    course.clock.learn(nowMs);
    course.look();
  });
  setHandler(campaignViewQuery, () => viewOf(course));
}
