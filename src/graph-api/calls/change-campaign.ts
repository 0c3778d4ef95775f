import type { GraphConnection } from '../graph-connection';
import type { GraphResult } from '../graph-result';
import { node } from '../node-path';
import { asBoolean, asRecord } from '../tolerant-json';
import type { CampaignBudget } from './create-message-campaign';
import { wholeSeconds } from './create-message-campaign';
import { readCampaign } from './read-campaign';
import type { CampaignAddress } from './read-campaign';

/** Pauses, resumes or archives a campaign. */
export function updateCampaignStatus(
  connection: GraphConnection,
  campaign: CampaignAddress,
  status: 'ACTIVE' | 'PAUSED' | 'ARCHIVED',
): Promise<GraphResult<true>> {
  return postTo(connection, campaign.metaCampaignId, campaign.systemUserToken, { status });
}

/** Sets the budget, which lies on the ad set of a simplified campaign (meta-api §19 U18). */
export function updateCampaignBudget(
  connection: GraphConnection,
  campaign: CampaignAddress,
  budget: CampaignBudget,
): Promise<GraphResult<true>> {
  return postToAdSet(connection, campaign, { [`${budget.type}_budget`]: budget.amountMinor });
}

/** Moves the end of the schedule. */
export function updateCampaignEnd(
  connection: GraphConnection,
  campaign: CampaignAddress,
  endAtMs: number,
): Promise<GraphResult<true>> {
  return postToAdSet(connection, campaign, { end_time: wholeSeconds(endAtMs) });
}

/** Deletes a campaign; sends to it are refused from then on. */
export function deleteCampaign(connection: GraphConnection, campaign: CampaignAddress): Promise<GraphResult<true>> {
  const { metaCampaignId, systemUserToken } = campaign;
  return connection.call({ method: 'DELETE', path: node(metaCampaignId), token: systemUserToken }, readSuccess);
}

async function postToAdSet(
  connection: GraphConnection,
  campaign: CampaignAddress,
  body: Readonly<Record<string, unknown>>,
): Promise<GraphResult<true>> {
  const state = await readCampaign(connection, campaign);
  if (state.kind !== 'ok') return state;
  if (state.value.adSetId === undefined) return { kind: 'unknown', reason: 'broken_answer' };
  return postTo(connection, state.value.adSetId, campaign.systemUserToken, body);
}

function postTo(
  connection: GraphConnection,
  id: string,
  token: string,
  body: Readonly<Record<string, unknown>>,
): Promise<GraphResult<true>> {
  return connection.call({ method: 'POST', path: node(id), token, body }, readSuccess);
}

/** `{"success":true}`, `{"success":"true"}` or a bare `true`. */
export function readSuccess(answer: unknown): true | undefined {
  return asBoolean(asRecord(answer)?.['success'] ?? answer) === true ? true : undefined;
}
