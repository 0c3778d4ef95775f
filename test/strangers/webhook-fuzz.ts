import fc from 'fast-check';
import type { WebhookDoor, WebhookItem } from '../inbox/webhook-door';
import { NOON, message, signed } from '../inbox/meta-events';
import type { TestCampaign } from '../support/ledger-builders';
import { AT_MS, messaging, PAGE, statusValue } from '../webhooks/webhook-samples';
import type { ChangeJournal } from './change-journal';
import { spoiledBytes, spoiledValue } from './spoil';

/** A webhook as it leaves, with what was done to it. */
interface Spoiled {
  readonly how: 'value' | 'time' | 'text' | 'bytes' | 'forged' | 'unsigned';
  /** JSON text, or nearly. */
  readonly body: Buffer;
}

/** A message of Meta's whose statuses are spoiled. */
export interface Victim {
  readonly token: string;
  readonly campaign: string;
  readonly tracking: string;
}

/** What a run says where an answer was not as it must be. */
export interface WebhookFinding {
  readonly how: string;
  readonly fault: string;
  readonly body: string;
}

const STATUS_FIELDS = ['echoes', 'deliveries', 'reads', 'clicks', 'delivery_failed'] as const;

/** Moments that no event of Meta's can have, and such as are hard to keep: of milliseconds and of seconds. */
const ODD_TIMES: readonly unknown[] = [
  253_402_300_799_999,
  253_402_300_799_000,
  253_402_300_799,
  253_402_300_800_000,
  8.64e15,
  4_102_444_800,
  1e12,
  999_999_999_999,
  1,
  0,
  -1,
  0.5,
  -62_135_596_800_000,
  '253402300799999',
  '2026-11-22T12:00:00Z',
  '',
  null,
];

const TIMES = new Set(['time', 'timestamp', 'watermark']);

/** What people write, and what Meta says to operators, as nobody can keep it. */
const ODD_TEXTS: readonly unknown[] = [
  '\u0000',
  'a\u0000b',
  '\ud800',
  'a\udc00b',
  '\u202e\ufeff',
  'x'.repeat(100_000),
  7,
];
const TEXTS = new Set(['text', 'payload', 'ref', 'title', 'reason', 'error_message', 'notification_messages_timezone']);

/** Every kind of event that Meta sends, each with ids of its own: none is taken for one that came before. */
function samples(id: string, { token, campaign, tracking }: Victim): object[] {
  const mid = `m_${id}`;
  const optIn = { type: 'notification_messages', title: 'New arrivals', notification_messages_token: `t_${id}` };
  const ofMessage = {
    mid,
    messenger_subscription_token: token,
    message_id: campaign,
    marketing_message_tracking_id: tracking,
  };
  return [
    messaging({ message: { mid, text: 'Hello', quick_reply: { payload: 'p' }, referral: { ref: 'r' } } }),
    messaging({ message: { mid, text: ' stop ' } }),
    messaging({ message: { mid, text: 'Hello' } }, 'standby'),
    messaging({ message: { mid, is_echo: true, app_id: '55' } }),
    messaging({ postback: { mid, payload: 'p', referral: { ref: 'r' } } }),
    messaging({ optin: { ...optIn, payload: 'p', notification_messages_timezone: 'Europe/Rome' } }),
    messaging({ optin: { ...optIn, notification_messages_status: 'STOP NOTIFICATIONS' } }),
    messaging({ optin: { ...optIn, notification_messages_status: 'RESUME NOTIFICATIONS' } }),
    messaging({ delivery: { mids: [mid, tracking], watermark: AT_MS } }),
    messaging({ read: { mid, watermark: AT_MS } }),
    messaging({ reaction: { mid, action: 'react', emoji: '❤' } }),
    messaging({ referral: { source: 'SHORTLINK', ref: 'r' } }),
    messaging({ policy_enforcement: { action: 'block', reason: 'Spam' } }),
    messaging({ messaging_optouts: { token: `t_${id}` } }),
    ...STATUS_FIELDS.map((name) => status(statusValue(`marketing_message_${name}`, ofMessage))),
    ...STATUS_FIELDS.map((name) => status(statusValue(`marketing_message_${name}`, { mid }))),
  ];
}

const status = (value: WebhookItem): object => ({
  object: 'page',
  entry: [{ id: PAGE, time: AT_MS, changes: [{ field: value['field'], value }] }],
});

/** Webhooks as Meta would never send them, by somebody who has its secret, and by somebody who has not. */
export function spoiledWebhooks(victims: readonly Victim[]): fc.Arbitrary<Spoiled> {
  const good = fc
    .tuple(fc.uuid(), fc.constantFrom(...victims))
    .chain(([id, victim]) => fc.constantFrom(...samples(id, victim)));
  return good.chain((sample) => {
    const json = (how: Spoiled['how']) => (body: unknown) => ({ how, body: Buffer.from(JSON.stringify(body)) });
    const value = spoiledValue(sample);
    return fc.oneof(
      { weight: 5, arbitrary: value.map(json('value')) },
      { weight: 2, arbitrary: value.chain(spoiledValue).map(json('value')) },
      {
        weight: 2,
        arbitrary: fc.constantFrom(...ODD_TIMES).map((time) => json('time')(replaced(sample, TIMES, time))),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom(...ODD_TEXTS).map((text) => json('text')(replaced(sample, TEXTS, text))),
      },
      { weight: 2, arbitrary: spoiledBytes(sample).map((body) => ({ how: 'bytes' as const, body })) },
      { weight: 1, arbitrary: fc.constantFrom('forged' as const, 'unsigned' as const).map((how) => json(how)(sample)) },
    );
  });
}

/** The same with another value under every such name. */
const replaced = (sample: object, names: ReadonlySet<string>, value: unknown): unknown =>
  JSON.parse(JSON.stringify(sample), (name, old: unknown) => (names.has(name) ? value : old));

/** Spoiled in a value: there is still an envelope for others. */
const MIXED: ReadonlySet<Spoiled['how']> = new Set(['value', 'time', 'text']);

/** Sends spoiled webhooks with good ones among them. */
export class WebhookFuzz {
  readonly findings: WebhookFinding[] = [];
  /** Good events that were sent so far: a delivery and a message of somebody new each. */
  goods = 0;

  /** @param deliveries - good ones, of `campaign` */
  constructor(
    private readonly door: WebhookDoor,
    private readonly journal: ChangeJournal,
    readonly campaign: TestCampaign,
    private readonly deliveries: readonly WebhookItem[],
  ) {}

  async run(webhooks: readonly Spoiled[]): Promise<void> {
    await this.journal.since();
    for (const [at, webhook] of webhooks.entries()) {
      await this.send(at % 2 === 0 ? webhook : this.beside(webhook));
      await this.journal.since();
    }
  }

  /** Good events in the same request, where the spoiled one leaves room for them. */
  private beside(spoiled: Spoiled): Spoiled {
    const body = parsed(spoiled.body) as { readonly entry?: unknown } | null | undefined;
    const delivery = this.deliveries[this.goods];
    if (delivery === undefined || !MIXED.has(spoiled.how) || !Array.isArray(body?.entry)) return spoiled;
    const writer = message(`good-${this.goods}`, NOON);
    this.goods += 1;
    const good = { id: PAGE, time: NOON, messaging: [writer], changes: [delivery] };
    return { ...spoiled, body: Buffer.from(JSON.stringify({ ...body, entry: [...(body.entry as unknown[]), good] })) };
  }

  private async send({ how, body }: Spoiled): Promise<void> {
    const headers = how === 'forged' ? signed(body, 'another') : {};
    const isSigned = how !== 'forged' && how !== 'unsigned';
    const { status: got, text } = await (isSigned ? this.door.post(body) : this.door.post(body, headers));
    const expected = isSigned ? (parsed(body) === undefined ? 400 : 200) : 401;
    const fault = got === expected ? '' : `${got} in place of ${expected}: ${text.slice(0, 300)}`;
    const changes = got === 200 ? [] : await this.journal.since();
    const faults = [fault, changes.map(({ what }) => `refused, and did ${what}`).join()].filter((said) => said !== '');
    for (const said of faults) this.findings.push({ how, fault: said, body: body.toString().slice(0, 400) });
  }
}

/** What the bytes say; undefined where they are no JSON. */
function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return undefined;
  }
}
