import { COOL_DOWN_MS, DAY_MS } from '../model/periods';
import type { Person, Subscription } from '../model/person';
import { TOKEN_LIFE_MS } from '../webhooks/opt-in-events';

/** How long a stopped subscription still stands in the list. */
const STOPPED_ROW_MS = DAY_MS;

/** What a row shows when `fields` does not say. */
export const USUAL_FIELDS =
  'notification_messages_token,recipient_id,notification_messages_reoptin,creation_timestamp,' +
  'token_expiry_timestamp,user_token_status,topic_title,notification_messages_timezone,next_eligible_time,custom_audience_ids';

/** Whether a person has a row in the token list. */
export function isListed(person: Person, nowMs: number): boolean {
  const { subscription } = person;
  if (!subscription) return false;
  return subscription.active || nowMs - (subscription.stoppedMs ?? 0) < STOPPED_ROW_MS;
}

/** A person's row: people from a contact list have no more than their token, its state and their audience. */
export function tokenRow(person: Person, subscription: Subscription): Record<string, unknown> {
  const common = {
    notification_messages_token: person.token,
    topic_title: subscription.accepted?.title ?? 'Updates and promotions',
    notification_messages_reoptin: subscription.active ? 'ENABLED' : 'DISABLED',
    next_eligible_time_for_paid_messaging: nextPaidSeconds(person, subscription),
    ...(person.audienceId !== undefined && { custom_audience_ids: [person.audienceId] }),
  };
  if (subscription.source === 'SUBSCRIBER_LIST') return common;
  const timeZone = subscription.accepted?.timeZone ?? person.timeZone;
  return {
    ...common,
    recipient_id: person.psid,
    creation_timestamp: seconds(subscription.createdMs),
    token_expiry_timestamp: seconds(subscription.createdMs + TOKEN_LIFE_MS),
    user_token_status: 'REFRESHED',
    ...(timeZone !== undefined && { notification_messages_timezone: timeZone }),
    next_eligible_time: seconds(subscription.createdMs),
  };
}

/** Rounded up while someone cools down, so that the moment shown is never too early. */
function nextPaidSeconds({ lastPaidMs }: Person, { createdMs }: Subscription): number {
  return lastPaidMs === undefined ? seconds(createdMs) : Math.ceil((lastPaidMs + COOL_DOWN_MS) / 1_000);
}

function seconds(ms: number): number {
  return Math.floor(ms / 1_000);
}
