import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';

/** A worker that dies is noticed after the heartbeat's time-out, however long the work may take. */
const HEARTBEAT_MS = 1_000;

/** Says every second that an activity is under way; a local one lives and dies with its workflow task. */
export const heartbeats = (activity: Pick<Context, 'heartbeat' | 'info'>): ActivityInterceptors => ({
  inbound: {
    execute: async (input, next) => {
      if (activity.info.isLocal) return next(input);
      const beat = setInterval(() => {
        activity.heartbeat();
      }, HEARTBEAT_MS);
      try {
        return await next(input);
      } finally {
        clearInterval(beat);
      }
    },
  },
});
