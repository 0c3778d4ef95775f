import type { DataSource } from 'typeorm';
import type { CampaignPorts } from '../../../activities/campaign.ports';
import type { GraphClient } from '../../graph-api/graph-client';
import { BatchRunner } from '../../ledger/batch-runner';
import { ContentStore } from '../../ledger/content-store';
import { MessageSender } from '../../ledger/message-sender';
import type { Envelope } from '../../security/envelope';
import { GraphCampaignAtMeta } from './campaign-at-meta';
import { LedgerBatches } from './campaign-batches';
import { PostgresCampaignRecords } from './campaign-records';

/** What campaigns reach the world with. */
export interface CampaignParts {
  readonly dataSource: DataSource;
  readonly graph: GraphClient;
  readonly envelope: Envelope;
  readonly holdWorkflowMax: number;
}

/** The ports of campaigns and of sending over Postgres and Meta. */
export function createCampaignPorts({ dataSource, graph, envelope, holdWorkflowMax }: CampaignParts): CampaignPorts & {
  readonly batches: LedgerBatches;
} {
  const contents = new ContentStore(envelope);
  const sender = new MessageSender(graph, envelope, contents);
  const runner = new BatchRunner({ dataSource, sender, contents, holdWorkflowMax });
  return {
    records: new PostgresCampaignRecords(dataSource),
    atMeta: new GraphCampaignAtMeta(dataSource, graph, envelope),
    batches: new LedgerBatches(dataSource, runner),
  };
}
