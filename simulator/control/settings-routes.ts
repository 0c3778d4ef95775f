import { jsonAnswer } from '../server/http';
import { DEFAULT_SETTINGS, type Settings } from '../model/settings';
import type { ControlCall, ControlRoute } from './call';
import { ControlError } from './control-error';
import type { Schema } from './schema';

const amount = (description: string): Schema => ({ type: 'integer', minimum: 0, maximum: 1_000_000_000, description });
const duration = (description: string): Schema => ({ type: 'number', minimum: 0, maximum: 100_000_000, description });
const share = (description: string): Schema => ({ type: 'number', minimum: 0, maximum: 1, description });
const flag = (description: string): Schema => ({ type: 'boolean', description });
const choice = (description: string, ...choices: string[]): Schema => ({ type: 'string', enum: choices, description });

const SETTINGS: Record<keyof Settings, Schema> = {
  unitPriceMinor: amount('Price of a delivered message, minor units.'),
  priceSpread: share('By how much a single price may lie above or below, as a share of it.'),
  populationMinutes: duration('Minutes after creation in which a campaign is populating (2300012).'),
  notReadyMinutes: duration('Minutes after that in which it is not ready (2300041).'),
  deliverRate: share('Share of the accepted messages, after the failed ones, that reach the device.'),
  readRate: share('Share of the delivered messages that are read.'),
  clickRate: share('Share of the delivered messages whose link is tapped.'),
  failRate: share('Share of the accepted messages that fail later.'),
  webhookDelayMs: duration('Business time between an event and its webhook.'),
  answerDelayMs: duration('Wall time before each Graph answer.'),
  sendsPerSecond: amount('Paid sends an ad account may make per second of wall time; 0: no limit.'),
  optOutNotice: choice('Webhook of an opt-out of a template subscriber.', 'none', 'optins_stop', 'optouts'),
  envelope: choice('How marketing_message_* events are wrapped.', 'changes', 'flat', 'mixed'),
  timestamps: choice('Unit of the timestamps in marketing_message_* events.', 's', 'ms'),
  requireAppSecretProof: flag('Whether calls without appsecret_proof are refused.'),
  webhooks: flag('Whether webhooks are sent at all.'),
  webhookBatchSize: { type: 'integer', minimum: 1, maximum: 1_000, description: 'Most events in one webhook request.' },
  webhookDuplicateShare: share('Share of the events that are delivered twice.'),
  webhookLossShare: share('Share of the events that are never delivered.'),
  webhookLateShare: share('Share of the events that are delivered late, and so out of order.'),
  webhookLateMs: duration('How late a late event is, business time.'),
  webhookRetry: choice(
    'After an hour of failures the app is unsubscribed; or events are dropped after 36.',
    'messenger',
    'graph',
  ),
  listRecipientId: choice('recipient_id in events about people from a contact list.', 'absent', 'null'),
  budgetShare: share('Share of its budget after which the platform calls a campaign’s budget used up.'),
  campaignsPerMinute: amount('Campaigns an ad account may create per minute of wall time.'),
  strictVersions: flag('Whether expired versions are refused (2635).'),
};

const withDefaults = Object.fromEntries(
  Object.entries(SETTINGS).map(([name, schema]) => [
    name,
    { ...schema, default: DEFAULT_SETTINGS[name as keyof Settings] },
  ]),
);
const PAGE_ID: Schema = { type: 'string', description: 'The Page they hold for; without it: all.' };
const ANSWER: Schema = { type: 'object', properties: withDefaults };
const PATCH: Schema = { type: 'object', properties: { pageId: PAGE_ID, ...withDefaults } };

function readSettings({ world, query }: ControlCall): ReturnType<typeof jsonAnswer> {
  return jsonAnswer(200, world.settingsOf(query.get('pageId') ?? undefined));
}

function changeSettings({ world, body }: ControlCall): ReturnType<typeof jsonAnswer> {
  const { pageId, ...values } = body as { pageId?: string } & Partial<Settings>;
  if (pageId !== undefined && !world.pages.get(pageId)) throw new ControlError(404, `there is no Page ${pageId}`);
  world.settings.change(pageId, values);
  return jsonAnswer(200, world.settingsOf(pageId));
}

export const SETTINGS_ROUTES: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: '/__sim/settings',
    summary: 'What is set, for all Pages or for one',
    query: ['pageId'],
    status: 200,
    answer: ANSWER,
    handle: readSettings,
  },
  {
    method: 'PATCH',
    path: '/__sim/settings',
    summary: 'Changes what is named and leaves the rest',
    body: PATCH,
    status: 200,
    answer: ANSWER,
    handle: changeSettings,
  },
];
