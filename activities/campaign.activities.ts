import type { CampaignActed, CampaignIds, CampaignMove, CampaignPlan, CampaignPorts } from './campaign.ports';

/** What a campaign workflow does outside itself, but for sending; ids, times, counts and money only. */
export interface CampaignActivities {
  loadCampaign(ids: CampaignIds): Promise<CampaignPlan | null>;
  markCampaignActed(ids: CampaignIds, acted: CampaignActed): Promise<void>;
  closeCampaign(ids: CampaignIds): Promise<boolean>;
  moveCampaign(ids: CampaignIds, move: CampaignMove): Promise<boolean>;
  createAtMeta(ids: CampaignIds): Promise<void>;
  updateAtMeta(ids: CampaignIds): Promise<void>;
  readReadiness(ids: CampaignIds): Promise<void>;
  closeOut(ids: CampaignIds, reason: string): Promise<boolean>;
  pauseOut(ids: CampaignIds): Promise<boolean>;
}

/** The activities over their ports. */
export const createCampaignActivities = ({ records, atMeta, batches }: CampaignPorts): CampaignActivities => ({
  loadCampaign: (ids) => records.load(ids),
  markCampaignActed: (ids, acted) => records.markActed(ids, acted),
  closeCampaign: (ids) => records.close(ids),
  moveCampaign: (ids, move) => records.move(ids, move),
  createAtMeta: (ids) => atMeta.create(ids),
  updateAtMeta: (ids) => atMeta.update(ids),
  readReadiness: (ids) => atMeta.readReadiness(ids),
  closeOut: (ids, reason) => batches.closeOut(ids, reason),
  pauseOut: (ids) => batches.pauseOut(ids),
});
