import type { DataSource, EntityManager } from 'typeorm';
import type { CampaignAtMeta, CampaignIds } from '../../../activities/campaign.ports';
import { campaignNameAtMeta, mayCreateAgain } from '../../../domain/campaign/create-at-meta';
import { unitCost } from '../../../domain/campaign/price';
import { probeAgainMs } from '../../../domain/rules/campaign-rules';
import { settleFailure } from '../../../domain/delivery/settle-failure';
import { crashPoint } from '../../crash-points';
import { graphFailure } from '../../graph-api/graph-failure';
import type { CampaignAddress } from '../../graph-api/calls/read-campaign';
import type { GraphClient } from '../../graph-api/graph-client';
import type { GraphError, GraphResult } from '../../graph-api/graph-result';
import { moveCampaign } from '../../ledger/campaign-effects';
import type { CampaignRecord } from '../../ledger/campaign-record';
import { readCampaign } from '../../ledger/campaign-record';
import { readNowMs } from '../../persistence/clock';
import { inTransaction, rows } from '../../persistence/database';
import type { Envelope } from '../../security/envelope';

/** After an answer that says nothing about the campaign: look again then. */
const TRY_AGAIN_MS = 60_000;

/** Creates and changes campaigns at Meta: never two paid ones for one of ours (protocol §6). */
export class GraphCampaignAtMeta implements CampaignAtMeta {
  constructor(
    private readonly dataSource: DataSource,
    private readonly graph: GraphClient,
    private readonly envelope: Envelope,
  ) {}

  async create(ids: CampaignIds): Promise<void> {
    const attempt = await inTransaction(this.dataSource, (manager) => beginCreate(manager, ids));
    if (attempt === null) return;
    const access = this.accessOf(attempt.campaign);
    if (access === null) return this.suspend(ids, 'account');
    if (attempt.triedAtMs !== null && !(await this.reconcile(ids, attempt, access))) return;
    await this.createNow(ids, attempt, access);
  }

  async update(ids: CampaignIds): Promise<void> {
    const campaign = await inTransaction(this.dataSource, (manager) =>
      readCampaign(manager, ids.workspaceId, ids.campaignId),
    );
    if (campaign?.metaCampaignId == null) return;
    const access = this.accessOf(campaign);
    if (access === null) return this.suspend(ids, 'account');
    const failed = await this.tellTerms(campaign, {
      metaCampaignId: campaign.metaCampaignId,
      systemUserToken: access.systemUserToken,
    });
    if (failed === null) return this.noteUpdated(ids, campaign);
    if (failed.kind === 'refused') return this.refuse(ids, failed.error);
    throw new Error(`Meta did not take the change of campaign ${ids.campaignId}: ${failed.reason}.`);
  }

  /** Budget, then end; after a refusal Meta is not asked for the other. @returns what failed */
  private async tellTerms({ budget, endAtMs }: CampaignRecord, address: CampaignAddress): Promise<NotTaken | null> {
    if (budget !== null) {
      const result = await this.graph.updateCampaignBudget(address, { type: budget.type, amountMinor: budget.minor });
      if (result.kind !== 'ok') return result;
    }
    if (endAtMs === null) return null;
    const result = await this.graph.updateCampaignEnd(address, endAtMs);
    return result.kind === 'ok' ? null : result;
  }

  async readReadiness(ids: CampaignIds): Promise<void> {
    const campaign = await inTransaction(this.dataSource, (manager) =>
      readCampaign(manager, ids.workspaceId, ids.campaignId),
    );
    const access = campaign === null ? null : this.accessOf(campaign);
    if (campaign?.metaCampaignId == null || access === null) return;
    const { metaCampaignId } = campaign;
    const read = await this.graph.readCampaign({ metaCampaignId, systemUserToken: access.systemUserToken });
    await inTransaction(this.dataSource, async (manager) => {
      const nowMs = await readNowMs(manager);
      if (read.kind === 'ok' && read.value.effectiveStatus === 'ACTIVE') {
        await moveCampaign(manager, ids, 'active', 'ready', null, nowMs);
      } else await probeAgain(manager, ids, nowMs, nowMs + probeAgainMs(null, nowMs));
    });
  }

  /**
   * Looks for the campaign of a create whose answer got lost. Two empty reads, a minute apart, before a second create.
   *
   * @returns whether to create now
   */
  private async reconcile(ids: CampaignIds, attempt: Attempt, access: Access): Promise<boolean> {
    const found = await this.graph.findMessageCampaigns({ ...access, nameMark: ids.campaignId });
    if (found.kind !== 'ok') {
      await this.lookAgain(ids);
      return false;
    }
    const [oldest, ...others] = found.value;
    if (oldest === undefined) {
      return inTransaction(this.dataSource, (manager) => noteEmptyRead(manager, ids, attempt));
    }
    await this.stored(ids, attempt, oldest.metaCampaignId, access);
    for (const other of others) await this.deleteAtMeta(other.metaCampaignId, access);
    return false;
  }

  private async createNow(ids: CampaignIds, attempt: Attempt, access: Access): Promise<void> {
    const { campaign } = attempt;
    if (campaign.budget === null) return;
    if (!(await inTransaction(this.dataSource, (manager) => noteCreateTried(manager, ids, attempt)))) return;
    const result = await this.graph.createMessageCampaign({
      adAccountId: access.adAccountId,
      systemUserToken: access.systemUserToken,
      metaPageId: campaign.page.metaPageId,
      name: campaignNameAtMeta(campaign.name, campaign.id),
      budget: { type: campaign.budget.type, amountMinor: campaign.budget.minor },
      startAtMs: campaign.startAtMs > attempt.nowMs ? campaign.startAtMs : undefined,
      endAtMs: campaign.endAtMs ?? undefined,
      bidMinor: attempt.bidMinor ?? undefined,
    });
    crashPoint('after-create-at-meta');
    await this.settleCreate(ids, attempt, access, result);
  }

  private async settleCreate(
    ids: CampaignIds,
    attempt: Attempt,
    access: Access,
    result: GraphResult<{ readonly metaCampaignId: string }>,
  ): Promise<void> {
    switch (result.kind) {
      case 'ok':
        return this.stored(ids, attempt, result.value.metaCampaignId, access);
      case 'refused':
        await inTransaction(this.dataSource, (manager) => clearCreateTried(manager, ids));
        return this.refuse(ids, result.error);
      case 'not_sent':
        await inTransaction(this.dataSource, (manager) => clearCreateTried(manager, ids));
        return this.lookAgain(ids);
      case 'unknown':
        return this.lookAgain(ids);
    }
  }

  private async stored(ids: CampaignIds, attempt: Attempt, metaCampaignId: string, access: Access): Promise<void> {
    const price = await this.priceOf(attempt, access);
    const kept = await inTransaction(this.dataSource, (manager) => storeCreated(manager, ids, metaCampaignId, price));
    if (kept !== metaCampaignId) await this.deleteAtMeta(metaCampaignId, access);
  }

  /** Of two with our mark the one in the row stays. */
  private async deleteAtMeta(metaCampaignId: string, { systemUserToken }: Access): Promise<void> {
    await this.graph.deleteCampaign({ metaCampaignId, systemUserToken });
  }

  /** Bid, else the upper end of Meta's estimate, else a default of the currency: a bid is never required. */
  private async priceOf({ campaign, bidMinor, nowMs }: Attempt, access: Access): Promise<ReturnType<typeof unitCost>> {
    const estimate =
      bidMinor === null && campaign.budget !== null
        ? await this.graph.deliveryEstimate({
            ...access,
            metaPageId: campaign.page.metaPageId,
            budget: { type: campaign.budget.type, amountMinor: campaign.budget.minor },
          })
        : null;
    return unitCost(
      {
        bidMinor,
        estimateUpperMinor: estimate?.kind === 'ok' ? (estimate.value.unitCostHighMinor ?? null) : null,
        observedMinor: null,
        currency: campaign.budget?.currency ?? 'USD',
        defaultMinor: null,
      },
      nowMs,
    );
  }

  /** Meta said no: by the same classes as a send, a wait or a pause with its reason. */
  private async refuse(ids: CampaignIds, error: GraphError): Promise<void> {
    await inTransaction(this.dataSource, async (manager) => {
      const nowMs = await readNowMs(manager);
      const effect = settleFailure(graphFailure(error), 1, nowMs).campaignEffect;
      if (effect?.kind === 'rate' || effect?.kind === 'pacing' || effect?.kind === 'not_ready') {
        await claimFrom(manager, ids, nowMs + effect.retryAfterMs);
      } else {
        await moveCampaign(
          manager,
          ids,
          'paused',
          'suspend',
          effect?.kind === 'pause' ? effect.reason : 'account',
          nowMs,
        );
      }
    });
  }

  private suspend(ids: CampaignIds, reason: 'account'): Promise<void> {
    return inTransaction(this.dataSource, async (manager) => {
      await moveCampaign(manager, ids, 'paused', 'suspend', reason, await readNowMs(manager));
    });
  }

  private lookAgain(ids: CampaignIds): Promise<void> {
    return inTransaction(this.dataSource, async (manager) =>
      claimFrom(manager, ids, (await readNowMs(manager)) + TRY_AGAIN_MS),
    );
  }

  private noteUpdated(ids: CampaignIds, sent: CampaignRecord): Promise<void> {
    return inTransaction(this.dataSource, async (manager) => {
      await rows(
        manager,
        `UPDATE campaigns c SET meta_outdated = false FROM message_sets s
          WHERE c.workspace_id = $1 AND c.id = $2 AND s.campaign_id = c.id
            AND s.budget_minor = $3 AND c.end_at IS NOT DISTINCT FROM $4`,
        [
          ids.workspaceId,
          ids.campaignId,
          sent.budget?.minor ?? 0,
          sent.endAtMs === null ? null : new Date(sent.endAtMs),
        ],
      );
    });
  }

  private accessOf({ page, pageId }: CampaignRecord): Access | null {
    if (page.adAccountId === null || page.systemUserTokenSealed === null) return null;
    const token = this.envelope.open(page.systemUserTokenSealed, `pages.system_user_token:${pageId}`);
    return { adAccountId: page.adAccountId, systemUserToken: token.toString() };
  }
}

type NotTaken = Exclude<GraphResult<true>, { readonly kind: 'ok' }>;

interface Access {
  readonly adAccountId: string;
  readonly systemUserToken: string;
}

interface Attempt {
  readonly campaign: CampaignRecord;
  readonly bidMinor: number | null;
  readonly nowMs: number;
  /** When bytes of a create left whose answer never came. */
  readonly triedAtMs: number | null;
  readonly emptyReads: number;
  readonly emptyReadAtMs: number | null;
}

async function beginCreate(manager: EntityManager, ids: CampaignIds): Promise<Attempt | null> {
  const campaign = await readCampaign(manager, ids.workspaceId, ids.campaignId);
  if (campaign === null) return null;
  const nowMs = await readNowMs(manager);
  if (campaign.metaCampaignId !== null) {
    await moveCampaign(manager, ids, 'populating', 'create', null, nowMs);
    return null;
  }
  if (campaign.state !== 'scheduled') return null;
  const [stored] = await rows<{
    meta_create_tried_at: Date | null;
    meta_empty_reads: number;
    meta_empty_read_at: Date | null;
    bid_minor: number | null;
  }>(
    manager,
    `SELECT c.meta_create_tried_at, c.meta_empty_reads, c.meta_empty_read_at, s.bid_minor
       FROM campaigns c LEFT JOIN message_sets s ON s.campaign_id = c.id WHERE c.workspace_id = $1 AND c.id = $2`,
    [ids.workspaceId, ids.campaignId],
  );
  return {
    campaign,
    nowMs,
    bidMinor: stored?.bid_minor ?? null,
    triedAtMs: stored?.meta_create_tried_at?.getTime() ?? null,
    emptyReads: stored?.meta_empty_reads ?? 0,
    emptyReadAtMs: stored?.meta_empty_read_at?.getTime() ?? null,
  };
}

/** Of two attempts that read the same row one creates. @returns false when it was the other, or the campaign has moved on */
async function noteCreateTried(manager: EntityManager, ids: CampaignIds, { triedAtMs }: Attempt): Promise<boolean> {
  const noted = await rows(
    manager,
    `UPDATE campaigns SET meta_create_tried_at = $3, meta_empty_reads = 0, meta_empty_read_at = NULL
      WHERE workspace_id = $1 AND id = $2 AND state = 'scheduled' AND meta_campaign_id IS NULL
        AND meta_create_tried_at IS NOT DISTINCT FROM $4 RETURNING id`,
    [
      ids.workspaceId,
      ids.campaignId,
      new Date(await readNowMs(manager)),
      triedAtMs === null ? null : new Date(triedAtMs),
    ],
  );
  return noted.length === 1;
}

async function clearCreateTried(manager: EntityManager, ids: CampaignIds): Promise<void> {
  await rows(
    manager,
    `UPDATE campaigns SET meta_create_tried_at = NULL, meta_empty_reads = 0, meta_empty_read_at = NULL
      WHERE workspace_id = $1 AND id = $2`,
    [ids.workspaceId, ids.campaignId],
  );
}

async function noteEmptyRead(manager: EntityManager, ids: CampaignIds, attempt: Attempt): Promise<boolean> {
  const nowMs = await readNowMs(manager);
  if (mayCreateAgain({ emptyReads: attempt.emptyReads, firstEmptyAtMs: attempt.emptyReadAtMs }, nowMs)) return true;
  await rows(
    manager,
    `UPDATE campaigns SET meta_empty_reads = meta_empty_reads + 1, meta_empty_read_at = coalesce(meta_empty_read_at, $3)
      WHERE workspace_id = $1 AND id = $2`,
    [ids.workspaceId, ids.campaignId, new Date(nowMs)],
  );
  await claimFrom(manager, ids, nowMs + TRY_AGAIN_MS);
  return false;
}

/** @returns the campaign at Meta that the row names from now on: this one, unless another attempt was first */
async function storeCreated(
  manager: EntityManager,
  ids: CampaignIds,
  metaCampaignId: string,
  price: ReturnType<typeof unitCost>,
): Promise<string> {
  const nowMs = await readNowMs(manager);
  const [stored] = await rows<{ meta_campaign_id: string }>(
    manager,
    `UPDATE campaigns SET meta_campaign_id = coalesce(meta_campaign_id, $3),
            meta_created_at = coalesce(meta_created_at, $4), meta_create_tried_at = NULL, claims_from = NULL,
            unit_cost_minor = coalesce(unit_cost_minor, $5), unit_cost_source = coalesce(unit_cost_source, $6)
      WHERE workspace_id = $1 AND id = $2 RETURNING meta_campaign_id`,
    [ids.workspaceId, ids.campaignId, metaCampaignId, new Date(nowMs), price.unitCostMinor, price.source],
  );
  await moveCampaign(manager, ids, 'populating', 'create', null, nowMs);
  return stored?.meta_campaign_id ?? metaCampaignId;
}

async function claimFrom(manager: EntityManager, ids: CampaignIds, fromMs: number): Promise<void> {
  await rows(manager, 'UPDATE campaigns SET claims_from = $3 WHERE workspace_id = $1 AND id = $2', [
    ids.workspaceId,
    ids.campaignId,
    new Date(fromMs),
  ]);
}

async function probeAgain(manager: EntityManager, ids: CampaignIds, nowMs: number, atMs: number): Promise<void> {
  await rows(
    manager,
    `UPDATE campaigns SET next_probe_at = $3, not_ready_since = coalesce(not_ready_since, $4)
      WHERE workspace_id = $1 AND id = $2`,
    [ids.workspaceId, ids.campaignId, new Date(atMs), new Date(nowMs)],
  );
}
