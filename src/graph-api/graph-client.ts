import { Pool } from 'undici';
import { campaignInsights } from './calls/campaign-insights';
import type { CampaignInsights, InsightRange } from './calls/campaign-insights';
import { deleteCampaign, updateCampaignBudget, updateCampaignEnd, updateCampaignStatus } from './calls/change-campaign';
import { createMessageCampaign } from './calls/create-message-campaign';
import type { CampaignBudget, CreatedMessageCampaign, NewMessageCampaign } from './calls/create-message-campaign';
import { deliveryEstimate } from './calls/delivery-estimate';
import type { DeliveryEstimate, EstimateQuestion } from './calls/delivery-estimate';
import { findMessageCampaigns } from './calls/find-message-campaigns';
import type { CampaignSearch, FoundCampaign } from './calls/find-message-campaigns';
import { listNotificationTokens, readNotificationToken } from './calls/notification-tokens';
import type { NotificationToken, TokenListQuestion, TokenPage } from './calls/notification-tokens';
import { readPage, readSubscribedApps, subscribeApp } from './calls/page';
import type { PageAddress, PageAtMeta, SubscribedApp } from './calls/page';
import { readAdAccount } from './calls/read-ad-account';
import type { AdAccountAtMeta } from './calls/read-ad-account';
import { readCampaign } from './calls/read-campaign';
import type { CampaignAddress, CampaignAtMeta } from './calls/read-campaign';
import { sendMarketingMessage } from './calls/send-marketing-message';
import type { MarketingMessage, MarketingReceipt } from './calls/send-marketing-message';
import { sendMessage } from './calls/send-message';
import type { MessageReceipt, OrdinaryMessage } from './calls/send-message';
import { sendOptInRequest } from './calls/send-opt-in-request';
import type { OptInRequestMessage } from './calls/send-opt-in-request';
import { unsubscribe } from './calls/unsubscribe';
import type { UnsubscribeReceipt, UnsubscribeRow } from './calls/unsubscribe';
import { GraphConnection } from './graph-connection';
import type { SendOptions } from './exchange';
import type { GraphResult } from './graph-result';

export interface GraphClientOptions {
  /** `https://graph.facebook.com`, or where the simulator listens. */
  readonly url: string;
  /** `v25.0` */
  readonly version: string;
  /** Makes every call carry `appsecret_proof`. */
  readonly appSecret?: string | undefined;
  /** Most sockets at a time; further calls wait for a free one. */
  readonly connections?: number | undefined;
}

/** Enough for a slice of 64 from each of four campaigns. */
const DEFAULT_CONNECTIONS = 256;

/** How long an attempt to connect may take, milliseconds: less than the time in which a send's bytes must leave. */
const CONNECT_TIMEOUT_MS = 2500;

/**
 * Herald's way to Meta: one keep-alive pool, no retry, every outcome a value. The deadline is ours alone, so undici's
 * own time-outs are off.
 */
export class GraphClient {
  private readonly pool: Pool;
  private readonly connection: GraphConnection;

  constructor(options: GraphClientOptions) {
    const { origin, pathname } = new URL(options.url);
    this.pool = new Pool(origin, {
      connections: options.connections ?? DEFAULT_CONNECTIONS,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: CONNECT_TIMEOUT_MS },
    });
    const basePath = `${pathname.replace(/\/$/, '')}/${options.version}`;
    this.connection = new GraphConnection(this.pool, basePath, options.appSecret);
  }

  /** Waits for calls under way, then lets the sockets go. */
  close(): Promise<void> {
    return this.pool.close();
  }

  sendMarketingMessage(send: MarketingMessage, options?: SendOptions): Promise<GraphResult<MarketingReceipt>> {
    return sendMarketingMessage(this.connection, send, options);
  }

  sendMessage(send: OrdinaryMessage, options?: SendOptions): Promise<GraphResult<MessageReceipt>> {
    return sendMessage(this.connection, send, options);
  }

  sendOptInRequest(request: OptInRequestMessage, options?: SendOptions): Promise<GraphResult<MessageReceipt>> {
    return sendOptInRequest(this.connection, request, options);
  }

  createMessageCampaign(campaign: NewMessageCampaign): Promise<GraphResult<CreatedMessageCampaign>> {
    return createMessageCampaign(this.connection, campaign);
  }

  findMessageCampaigns(search: CampaignSearch): Promise<GraphResult<readonly FoundCampaign[]>> {
    return findMessageCampaigns(this.connection, search);
  }

  readCampaign(campaign: CampaignAddress): Promise<GraphResult<CampaignAtMeta>> {
    return readCampaign(this.connection, campaign);
  }

  updateCampaignStatus(
    campaign: CampaignAddress,
    status: 'ACTIVE' | 'PAUSED' | 'ARCHIVED',
  ): Promise<GraphResult<true>> {
    return updateCampaignStatus(this.connection, campaign, status);
  }

  updateCampaignBudget(campaign: CampaignAddress, budget: CampaignBudget): Promise<GraphResult<true>> {
    return updateCampaignBudget(this.connection, campaign, budget);
  }

  updateCampaignEnd(campaign: CampaignAddress, endAtMs: number): Promise<GraphResult<true>> {
    return updateCampaignEnd(this.connection, campaign, endAtMs);
  }

  deleteCampaign(campaign: CampaignAddress): Promise<GraphResult<true>> {
    return deleteCampaign(this.connection, campaign);
  }

  deliveryEstimate(question: EstimateQuestion): Promise<GraphResult<DeliveryEstimate>> {
    return deliveryEstimate(this.connection, question);
  }

  campaignInsights(campaign: CampaignAddress, range?: InsightRange): Promise<GraphResult<CampaignInsights>> {
    return campaignInsights(this.connection, campaign, range);
  }

  listNotificationTokens(question: TokenListQuestion): AsyncGenerator<GraphResult<TokenPage>, void, undefined> {
    return listNotificationTokens(this.connection, question);
  }

  readNotificationToken(question: {
    readonly token: string;
    readonly pageToken: string;
  }): Promise<GraphResult<NotificationToken>> {
    return readNotificationToken(this.connection, question);
  }

  unsubscribe(page: PageAddress, rows: readonly UnsubscribeRow[]): Promise<GraphResult<UnsubscribeReceipt>> {
    return unsubscribe(this.connection, page, rows);
  }

  readPage(page: PageAddress): Promise<GraphResult<PageAtMeta>> {
    return readPage(this.connection, page);
  }

  subscribeApp(page: PageAddress): Promise<GraphResult<true>> {
    return subscribeApp(this.connection, page);
  }

  readSubscribedApps(page: PageAddress): Promise<GraphResult<readonly SubscribedApp[]>> {
    return readSubscribedApps(this.connection, page);
  }

  readAdAccount(account: {
    readonly adAccountId: string;
    readonly systemUserToken: string;
  }): Promise<GraphResult<AdAccountAtMeta>> {
    return readAdAccount(this.connection, account);
  }
}
