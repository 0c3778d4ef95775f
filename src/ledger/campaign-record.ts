import type { EntityManager } from 'typeorm';
import type { CampaignState } from '../../domain/campaign/campaign-transitions';
import { BUSINESS_NOW } from '../persistence/clock';
import { rows } from '../persistence/database';
import { msOrNull } from './moments';

/** Which campaign of which Page and tenant. */
export interface CampaignRef {
  readonly workspaceId: string;
  readonly pageId: string;
  readonly campaignId: string;
}

/** Meta's limit for messages of a Page, a second (meta-api §15.3); the ceiling where the Page sets none. */
export const DEFAULT_CEILING_PER_SECOND = 300;

/** A campaign and its Page as a decision needs them; times in milliseconds (UTC), money in minor units. */
export interface CampaignRecord {
  /** Business time of the reading: the transaction's `now`. */
  readonly nowMs: number;
  readonly id: string;
  readonly workspaceId: string;
  readonly pageId: string;
  readonly name: string;
  readonly hidden: boolean;
  readonly state: CampaignState;
  readonly reason: string | null;
  readonly startAtMs: number;
  readonly endAtMs: number | null;
  readonly whenSlotTaken: 'hold' | 'refuse';
  readonly whenBudgetUsedUp: 'hold' | 'refuse';
  readonly unitCostMinor: number | null;
  readonly messageId: string | null;
  readonly metaCampaignId: string | null;
  readonly nextProbeAtMs: number | null;
  readonly claimsFromMs: number | null;
  readonly hasAudience: boolean;
  readonly budget: { readonly type: 'lifetime' | 'daily'; readonly minor: number; readonly currency: string } | null;
  readonly page: {
    readonly metaPageId: string;
    readonly adAccountId: string | null;
    readonly platform: 'messenger' | 'instagram';
    readonly country: string;
    readonly timeZone: string;
    readonly oneMessagePerLocalDay: boolean;
    /** What may be sent at present; null for a Page that was never connected whole. */
    readonly ratePerSecond: number | null;
    readonly tokenSealed: Buffer;
    readonly systemUserTokenSealed: Buffer | null;
  };
}

/** A row of `CAMPAIGN_COLUMNS`. */
export interface StoredCampaign {
  now: number;
  id: string;
  workspace_id: string;
  page_id: string;
  name: string;
  hidden: boolean;
  state: CampaignState;
  reason: string | null;
  start_at: Date;
  end_at: Date | null;
  when_slot_taken: 'hold' | 'refuse';
  when_budget_used_up: 'hold' | 'refuse';
  unit_cost_minor: number | null;
  message_id: string | null;
  meta_campaign_id: string | null;
  next_probe_at: Date | null;
  claims_from: Date | null;
  has_audience: boolean | null;
  budget_type: 'lifetime' | 'daily' | null;
  budget_minor: number | null;
  currency: string | null;
  meta_page_id: string;
  ad_account_id: string | null;
  platform: 'messenger' | 'instagram';
  country: string;
  time_zone: string;
  one_message_per_local_day: boolean;
  rate_per_second: number | null;
  token_sealed: Buffer;
  system_user_token_sealed: Buffer | null;
}

/** What `toCampaign` reads of `campaigns c` and its joins. */
export const CAMPAIGN_COLUMNS = `${BUSINESS_NOW} AS now, c.id, c.workspace_id, c.page_id, c.name, c.hidden, c.state,
  c.reason, c.start_at, c.end_at, c.when_slot_taken, c.when_budget_used_up, c.unit_cost_minor, c.message_id,
  c.meta_campaign_id, c.next_probe_at, c.claims_from, s.audience IS NOT NULL AS has_audience, s.budget_type,
  s.budget_minor, s.currency, p.meta_page_id, p.ad_account_id, p.platform, p.country, p.time_zone,
  p.one_message_per_local_day, p.token_sealed, p.system_user_token_sealed,
  least(r.rate_per_second, coalesce(p.sends_per_second, ${DEFAULT_CEILING_PER_SECOND})) AS rate_per_second`;

/** Page, set, rate and clock of `campaigns c`. */
export const CAMPAIGN_JOINS = `
  JOIN pages p ON p.id = c.page_id AND p.workspace_id = c.workspace_id
  JOIN clock ON clock.id = 1
  LEFT JOIN message_sets s ON s.campaign_id = c.id AND s.workspace_id = c.workspace_id
  LEFT JOIN page_rates r ON r.page_id = c.page_id AND r.workspace_id = c.workspace_id`;

const SELECT = `SELECT ${CAMPAIGN_COLUMNS} FROM campaigns c ${CAMPAIGN_JOINS}
  WHERE c.workspace_id = $1 AND c.id = $2`;

/** Reads a campaign with its Page. @returns null when the workspace has no such campaign */
export const readCampaign = (
  manager: EntityManager,
  workspaceId: string,
  campaignId: string,
): Promise<CampaignRecord | null> => read(manager, SELECT, workspaceId, campaignId);

/** Reads a campaign and shares its row, so that its state stands until the transaction ends. */
export const shareCampaign = (
  manager: EntityManager,
  workspaceId: string,
  campaignId: string,
): Promise<CampaignRecord | null> => read(manager, `${SELECT} FOR SHARE OF c`, workspaceId, campaignId);

/** Where a campaign's people are. */
interface CampaignHome {
  readonly pageId: string;
  /** It holds the single messages of its Page and has no workflow. */
  readonly hidden: boolean;
}

/** Reads whose campaign it is. @returns null when the workspace has no such campaign */
export async function readHome(
  manager: EntityManager,
  { workspaceId, campaignId }: Pick<CampaignRef, 'workspaceId' | 'campaignId'>,
): Promise<CampaignHome | null> {
  const [home] = await rows<{ page_id: string; hidden: boolean }>(
    manager,
    'SELECT page_id, hidden FROM campaigns WHERE workspace_id = $1 AND id = $2',
    [workspaceId, campaignId],
  );
  return home === undefined ? null : { pageId: home.page_id, hidden: home.hidden };
}

async function read(
  manager: EntityManager,
  sql: string,
  workspaceId: string,
  campaignId: string,
): Promise<CampaignRecord | null> {
  const [stored] = await rows<StoredCampaign>(manager, sql, [workspaceId, campaignId]);
  return stored === undefined ? null : toCampaign(stored);
}

/** The campaign as the program holds it. */
export const toCampaign = (stored: StoredCampaign): CampaignRecord => ({
  nowMs: stored.now,
  id: stored.id,
  workspaceId: stored.workspace_id,
  pageId: stored.page_id,
  name: stored.name,
  hidden: stored.hidden,
  state: stored.state,
  reason: stored.reason,
  startAtMs: stored.start_at.getTime(),
  endAtMs: msOrNull(stored.end_at),
  whenSlotTaken: stored.when_slot_taken,
  whenBudgetUsedUp: stored.when_budget_used_up,
  unitCostMinor: stored.unit_cost_minor,
  messageId: stored.message_id,
  metaCampaignId: stored.meta_campaign_id,
  nextProbeAtMs: msOrNull(stored.next_probe_at),
  claimsFromMs: msOrNull(stored.claims_from),
  hasAudience: stored.has_audience === true,
  budget:
    stored.budget_type === null || stored.budget_minor === null || stored.currency === null
      ? null
      : { type: stored.budget_type, minor: stored.budget_minor, currency: stored.currency },
  page: {
    metaPageId: stored.meta_page_id,
    adAccountId: stored.ad_account_id,
    platform: stored.platform,
    country: stored.country,
    timeZone: stored.time_zone,
    oneMessagePerLocalDay: stored.one_message_per_local_day,
    ratePerSecond: stored.rate_per_second,
    tokenSealed: stored.token_sealed,
    systemUserTokenSealed: stored.system_user_token_sealed,
  },
});
