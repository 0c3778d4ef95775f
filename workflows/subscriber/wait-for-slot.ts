import { proxyActivities } from '@temporalio/workflow';
import type { SingleSending } from '../../activities/sending.ports';
import type { SubscriberPlan, WaitingSend } from '../../activities/subscriber.ports';
import { SEND_OF_ONE } from '../shared/activity-options';
import { shortTime } from '../shared/short-time';
import { earliest } from './earliest';
import type { Life } from './life';

const { sendSingle } = proxyActivities<SingleSending>(SEND_OF_ONE);
const ALARM = 'waitForSlot';

/** Sends what is due by the same claim as any batch, else waits for the person's next slot with one timer. */
export async function waitForSlot(life: Life, plan: SubscriberPlan): Promise<boolean> {
  life.patience.forgetOthers(plan.sends.map(({ sendId }) => sendId));
  const next = earliest(plan.sends, (send) => dueAtMs(life, send));
  if (next === null) {
    life.alarms.disarm(ALARM);
    return false;
  }
  if (next.atMs > plan.nowMs) {
    life.alarms.arm(ALARM, next.atMs, `next slot ${shortTime(next.atMs)}`);
    return false;
  }
  await send(life, plan, next.item);
  return true;
}

async function send(life: Life, { nowMs }: SubscriberPlan, { sendId, campaignId }: WaitingSend): Promise<void> {
  const { workspaceId, pageId } = life.ids;
  const result = await life.during('waitForSlot', sendSingle({ workspaceId, pageId, campaignId, sendId }));
  life.patience.note(sendId, result, nowMs);
}

function dueAtMs(life: Life, send: WaitingSend): number | null {
  return send.dueAtMs === null ? null : Math.max(send.dueAtMs, life.patience.notBeforeMs(send.sendId));
}
