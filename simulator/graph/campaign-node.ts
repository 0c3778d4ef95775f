import type { Campaign } from '../model/campaign';
import type { CampaignObject } from '../model/campaigns';
import type { GraphAnswer, GraphCall } from './call';
import { changeBudget, changeEnd } from './campaign-change';
import { campaignView } from './campaign-view';
import { parseFields, select } from './fields';
import { badParameter, unknownObject } from './graph-error';
import { requireSystemToken } from './permissions';

const STATUSES = ['ACTIVE', 'PAUSED', 'ARCHIVED', 'DELETED'] as const;

/** `GET /<AD or AD SET or CAMPAIGN>`. */
export function readCampaign(call: GraphCall): GraphAnswer {
  const [object, campaign] = campaignOf(call);
  const fields = parseFields(call.params.text('fields') ?? 'id');
  return select(campaignView(object, campaign, call.nowMs), fields);
}

/** `POST /<AD or AD SET or CAMPAIGN>`: status, name, budget or end; all of it or nothing. */
export function changeCampaign(call: GraphCall): GraphAnswer {
  requireSystemToken(call);
  const [object, campaign] = campaignOf(call);
  const draft = { ...campaign };
  const status = readStatus(call);
  if (status !== undefined) setStatus(object, draft, status);
  changeBudget(call, draft);
  changeEnd(call, draft);
  draft.name = call.params.text('name') ?? draft.name;
  call.world.campaigns.put(Object.assign(campaign, draft));
  return { success: true };
}

/** `DELETE /<AD or AD SET or CAMPAIGN>`. */
export function deleteCampaign(call: GraphCall): GraphAnswer {
  requireSystemToken(call);
  const [object, campaign] = campaignOf(call);
  setStatus(object, campaign, 'DELETED');
  call.world.campaigns.put(campaign);
  return { success: true };
}

export function campaignOf(call: GraphCall): readonly [object: CampaignObject, campaign: Campaign] {
  const id = call.parts[0] ?? '';
  const found = call.world.campaigns.find(id);
  if (found?.[1].pageId !== call.access.page.id) throw unknownObject(call.method, id);
  return found;
}

/** A status given for the message holds for all three objects, as it is the only id the simplified path gives out. */
function setStatus(object: CampaignObject, campaign: Campaign, status: Campaign['status']): void {
  if (object !== 'adSet') campaign.status = status;
  if (object !== 'campaign') campaign.adSetStatus = status;
  if (object === 'ad') campaign.adStatus = status;
}

function readStatus(call: GraphCall): Campaign['status'] | undefined {
  const text = call.params.text('status');
  if (text === undefined) return undefined;
  const status = STATUSES.find((known) => known === text);
  if (!status) throw badParameter(`Param status must be one of {${STATUSES.join(', ')}}.`);
  return status;
}
