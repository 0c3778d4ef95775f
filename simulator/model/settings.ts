export type OptOutNotice = 'none' | 'optins_stop' | 'optouts';
type Envelope = 'changes' | 'flat' | 'mixed';

/** Everything that can be set for all Pages or for one. Shares and rates are 0–1. */
export interface Settings {
  /** Price of a delivered message, minor units. */
  unitPriceMinor: number;
  /** By how much a single price may lie above or below it, as a share of it. */
  priceSpread: number;
  /** Minutes after creation during which a campaign is populating (2300012). */
  populationMinutes: number;
  /** Minutes after that during which it is not ready (2300041). */
  notReadyMinutes: number;
  /** Share of the accepted messages, after the failed ones, that reach the device. */
  deliverRate: number;
  /** Share of the delivered messages that are read. */
  readRate: number;
  /** Share of the delivered messages whose link is tapped; whoever taps has read. */
  clickRate: number;
  /** Share of the accepted messages that fail later. */
  failRate: number;
  /** Business time between an event and its webhook, milliseconds. */
  webhookDelayMs: number;
  /** Wall time before each Graph answer, milliseconds. */
  answerDelayMs: number;
  /** Sends an ad account may make per second of wall time; 0: no limit. */
  sendsPerSecond: number;
  /** What an opt-out of a person with an opt-in by template is reported by. */
  optOutNotice: OptOutNotice;
  /** How marketing_message_* events are wrapped. */
  envelope: Envelope;
  /** Unit of the timestamps in marketing_message_* events. */
  timestamps: 's' | 'ms';
  /** Calls without appsecret_proof are refused. */
  requireAppSecretProof: boolean;
  /** Whether webhooks are sent at all. */
  webhooks: boolean;
  /** Most events in one webhook request. */
  webhookBatchSize: number;
  /** Share of the events that are delivered twice, never, or late (and so out of order). */
  webhookDuplicateShare: number;
  webhookLossShare: number;
  webhookLateShare: number;
  /** How late a late event is, milliseconds of business time. */
  webhookLateMs: number;
  /** `messenger`: after an hour of failures the app is unsubscribed; `graph`: an event is dropped after 36 hours. */
  webhookRetry: 'messenger' | 'graph';
  /** What stands in `recipient_id` for people from a contact list. */
  listRecipientId: 'absent' | 'null';
  /** Share of its budget after which the platform calls a campaign's budget used up. */
  budgetShare: number;
  /** Campaigns an ad account may create per minute of wall time. */
  campaignsPerMinute: number;
  /** Expired versions are refused (2635) instead of served as the oldest live one. */
  strictVersions: boolean;
}

export const DEFAULT_SETTINGS: Settings = {
  unitPriceMinor: 5,
  priceSpread: 0,
  populationMinutes: 60,
  notReadyMinutes: 15,
  deliverRate: 1,
  readRate: 0.6,
  clickRate: 0.1,
  failRate: 0,
  webhookDelayMs: 0,
  answerDelayMs: 0,
  sendsPerSecond: 0,
  optOutNotice: 'optins_stop',
  envelope: 'changes',
  timestamps: 's',
  requireAppSecretProof: false,
  webhooks: true,
  webhookBatchSize: 100,
  webhookDuplicateShare: 0,
  webhookLossShare: 0,
  webhookLateShare: 0,
  webhookLateMs: 15 * 60_000,
  webhookRetry: 'messenger',
  listRecipientId: 'absent',
  budgetShare: 1,
  campaignsPerMinute: 600,
  strictVersions: false,
};

/** Ready-made settings by name; each says only where it differs from the default. */
export const PROFILES = {
  happy: {},
  /** Ready 139 minutes after creation, the longest wait ever measured. */
  'slow-campaign': { notReadyMinutes: 79 },
  'no-webhooks': { webhooks: false },
  /** The platform calls a budget used up at half of it. */
  'tight-budget': { budgetShare: 0.5 },
  /** Webhooks come twice, late and out of order, or never; some messages fail; and answers as in `PROFILE_FAULTS`. */
  flaky: {
    failRate: 0.03,
    webhookBatchSize: 40,
    webhookDelayMs: 2_000,
    webhookDuplicateShare: 0.1,
    webhookLossShare: 0.02,
    webhookLateShare: 0.1,
  },
} as const satisfies Record<string, Partial<Settings>>;

export type ProfileName = keyof typeof PROFILES;

export function isProfileName(name: string): name is ProfileName {
  return Object.hasOwn(PROFILES, name);
}
