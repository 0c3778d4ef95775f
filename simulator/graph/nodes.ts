import type { GraphCall, GraphHandler } from './call';
import { createCampaign } from './campaign-create';
import { listCampaigns } from './campaign-list';
import { changeCampaign, deleteCampaign, readCampaign } from './campaign-node';
import { sendPaid } from './direct-send';
import { estimateDelivery } from './estimate';
import { unknownObject } from './graph-error';
import { readInsights } from './insights';
import { messagePerson } from './page-messages';
import { listAccounts, listPages, readAccount, readMe, readPage } from './page-node';
import { listSubscribedApps, subscribeAccountApp, subscribeApp, unsubscribeApp } from './subscribed-apps';
import { listTokens, readToken } from './token-list';
import { unsubscribePeople } from './unsubscribe';

/** What a kind of object answers to: `METHOD edge`, the object itself being the empty edge. */
type Edges = Readonly<Record<string, GraphHandler>>;

const ACCOUNT: Edges = {
  'POST messages': sendPaid,
  'POST message_campaign': createCampaign,
  'GET ads': listCampaigns,
  'GET message_delivery_estimate': estimateDelivery,
  'POST subscribed_apps': subscribeAccountApp,
  'GET ': readAccount,
};

const PAGE: Edges = {
  'POST messages': messagePerson,
  'GET notification_message_tokens': listTokens,
  'POST messaging_customer_base/unsubscribe': unsubscribePeople,
  'POST subscribed_apps': subscribeApp,
  'GET subscribed_apps': listSubscribedApps,
  'DELETE subscribed_apps': unsubscribeApp,
  'GET ': readPage,
};

const CAMPAIGN: Edges = {
  'GET ': readCampaign,
  'POST ': changeCampaign,
  'DELETE ': deleteCampaign,
  'GET insights': readInsights,
};

const TOKEN: Edges = { 'GET ': readToken };

const ME: Edges = { 'GET ': readMe, 'GET accounts': listPages, 'GET adaccounts': listAccounts };

/** Finds what answers a call. @throws GraphError 100/33 for a path or an object that does not exist for its token */
export function handlerOf(call: GraphCall): GraphHandler {
  const [node = '', ...edge] = call.parts;
  const handler = edgesOf(call, node)?.[`${call.method} ${edge.join('/')}`];
  if (!handler) throw unknownObject(call.method, node);
  return handler;
}

function edgesOf({ world, access }: GraphCall, node: string): Edges | undefined {
  const { page } = access;
  if (node === `act_${page.adAccountId}`) return ACCOUNT;
  if (node === page.id) return PAGE;
  if (node === 'me') return ME;
  if (node.startsWith('notification_messages_')) return TOKEN;
  return world.campaigns.find(node) ? CAMPAIGN : undefined;
}
