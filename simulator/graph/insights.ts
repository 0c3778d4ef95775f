import type { Campaign } from '../model/campaign';
import type { Send } from '../model/send';
import { localDay } from '../model/account-day';
import { campaignOf } from './campaign-node';
import type { GraphAnswer, GraphCall } from './call';
import { minorPerMajor } from './currencies';
import { parseFields } from './fields';
import { requireSystemToken } from './permissions';

const USUAL_FIELDS = 'marketing_messages_delivered,marketing_messages_spend';

/** `GET /<CAMPAIGN>/insights`: totals as text; a metric without data is left out. */
export function readInsights(call: GraphCall): GraphAnswer {
  requireSystemToken(call);
  const [, campaign] = campaignOf(call);
  const range = readRange(call, campaign);
  const { timeZone, currency } = call.access.page;
  const sends = call.world.sends.ofCampaign(campaign.id).filter((send) => {
    const day = localDay(timeZone, send.atMs);
    return day >= range.since && day <= range.until;
  });
  if (sends.length === 0) return { data: [] };
  const metrics = metricsOf(sends, minorPerMajor(currency));
  const wanted = [...parseFields(call.params.text('fields') ?? USUAL_FIELDS).keys()];
  const known = new Map<string, unknown>(Object.entries(metrics).filter(([, value]) => value !== undefined));
  const values = Object.fromEntries(wanted.filter((name) => known.has(name)).map((name) => [name, known.get(name)]));
  const row = { ...values, date_start: range.since, date_stop: range.until };
  return { data: [row], paging: { cursors: { before: 'MAZDZD', after: 'MAZDZD' } } };
}

function readRange(call: GraphCall, campaign: Campaign): { since: string; until: string } {
  const { timeZone } = call.access.page;
  const whole = { since: localDay(timeZone, campaign.createdMs), until: localDay(timeZone, call.nowMs) };
  const range = call.params.object('time_range');
  return range ? { since: String(range['since']), until: String(range['until']) } : whole;
}

function metricsOf(sends: readonly Send[], offset: number): Record<string, string | undefined> {
  const reached = (...statuses: Send['status'][]): number =>
    sends.filter(({ status }) => statuses.includes(status)).length;
  const delivered = reached('delivered', 'read', 'clicked');
  const read = reached('read', 'clicked');
  const clicked = reached('clicked');
  const spend = sends.reduce((sum, send) => sum + (isCharged(send) ? send.costMinor : 0), 0) / offset;
  const count = (value: number): string | undefined => (value > 0 ? String(value) : undefined);
  const ratio = (part: number, whole: number, factor = 1): string | undefined =>
    part > 0 && whole > 0 ? ((factor * part) / whole).toFixed(2) : undefined;
  return {
    marketing_messages_sent: count(sends.length),
    marketing_messages_delivered: count(delivered),
    marketing_messages_read: count(read),
    marketing_messages_link_btn_click: count(clicked),
    marketing_messages_spend: spend > 0 ? spend.toFixed(offset === 1 ? 0 : 2) : undefined,
    marketing_messages_delivery_rate: ratio(delivered, sends.length, 100),
    marketing_messages_read_rate: ratio(read, delivered, 100),
    marketing_messages_link_btn_click_rate: ratio(clicked, delivered, 100),
    marketing_messages_cost_per_delivered: ratio(spend, delivered),
    marketing_messages_cost_per_link_btn_click: ratio(spend, clicked),
  };
}

function isCharged({ status }: Send): boolean {
  return status === 'delivered' || status === 'read' || status === 'clicked';
}
