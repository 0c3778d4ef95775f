import { randomUUID } from 'node:crypto';
import { localDay } from '../model/account-day';
import type { Campaign } from '../model/campaign';
import { newMid } from '../model/mid';
import type { Person } from '../model/person';
import type { Send } from '../model/send';
import { ECHO_AFTER_MS } from '../people/message-life';
import { priceOf } from './budget';
import type { GraphAnswer, GraphCall } from './call';
import { GraphError } from './graph-error';
import { isObject } from './params';
import { requirePermission, requireSystemToken } from './permissions';
import { refusalOf, type SendOrder } from './send-checks';

const UNKNOWN_MESSAGE = 2300001;

/** `POST /act_<A>/messages`: a paid message to one person. Checked and booked in one go, so two never share a slot. */
export function sendPaid(call: GraphCall): GraphAnswer {
  requireSystemToken(call);
  requirePermission(call, 'paid_marketing_messages');
  takeQuota(call);
  const order = readOrder(call);
  const { campaign, person } = order;
  const refusal = refusalOf(order);
  if (refusal || !campaign || !person) {
    const error = refusal ?? new GraphError(UNKNOWN_MESSAGE);
    recordRefusal(call, order, error.code);
    throw error;
  }
  const send = accept(call, campaign, person, order.priceMinor);
  return { success: true, marketing_message_tracking_id: send.id };
}

function takeQuota({ world, access }: GraphCall): void {
  const { sendsPerSecond } = world.settingsOf(access.page.id);
  if (sendsPerSecond > 0 && !world.sendQuota.take(access.page.adAccountId, sendsPerSecond)) {
    throw new GraphError(2300078);
  }
}

function readOrder(call: GraphCall): SendOrder {
  const { world, access, params, nowMs } = call;
  const messageId = params.text('message_id') ?? '';
  const given = params.object('messenger_delivery_data')?.['subscription_token'];
  const token = typeof given === 'string' || typeof given === 'number' ? String(given) : '';
  const message = params.object('message');
  const settings = world.settingsOf(access.page.id);
  const campaign = world.campaigns.get(messageId);
  const person = world.people.ofToken(token);
  return {
    world,
    page: access.page,
    settings,
    nowMs,
    messageId,
    token,
    message: isObject(message) ? message : {},
    gapSeconds: params.integer('min_conversation_gap_seconds'),
    campaign,
    person,
    priceMinor: campaign && person ? priceOf(settings, world.seed, campaign, person) : settings.unitPriceMinor,
  };
}

function accept(call: GraphCall, campaign: Campaign, person: Person, costMinor: number): Send {
  const { world, nowMs } = call;
  const day = localDay(call.access.page.timeZone, nowMs);
  const send: Send = {
    id: randomUUID(),
    kind: 'paid',
    atMs: nowMs,
    wallMs: Date.now(),
    personId: person.id,
    pageId: person.pageId,
    campaignId: campaign.id,
    appId: call.appId,
    mid: newMid(),
    costMinor,
    day,
    status: 'accepted',
  };
  campaign.reservedMinor += costMinor;
  campaign.days[day] = (campaign.days[day] ?? 0) + costMinor;
  person.lastPaidMs = nowMs;
  person.paidSends += 1;
  world.campaigns.put(campaign);
  world.people.put(person);
  world.sends.add(send);
  world.queue.plan(nowMs + ECHO_AFTER_MS, { kind: 'echo', sendId: send.id });
  return send;
}

function recordRefusal(call: GraphCall, { person, messageId }: SendOrder, code: number): void {
  call.world.refusals.append({
    id: randomUUID(),
    kind: 'paid',
    atMs: call.nowMs,
    wallMs: Date.now(),
    personId: person?.id ?? '',
    pageId: call.access.page.id,
    campaignId: messageId,
    mid: '',
    costMinor: 0,
    status: 'refused',
    code,
  });
}
