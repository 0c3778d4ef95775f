import type { DataSource } from 'typeorm';
import type { SubscriberPorts } from '../../../activities/subscriber.ports';
import type { GraphClient } from '../../graph-api/graph-client';
import { GraphOptInSender } from '../../opt-in/graph-opt-in-sender';
import { PostgresOptInRequests } from '../../opt-in/opt-in-requests';
import { PostgresTokenStore } from '../../opt-in/token-store';
import type { Envelope } from '../../security/envelope';
import type { LookupHash } from '../../security/lookup-hash';
import { PostgresAutomationRuns } from '../../sequences/automation-runs';
import { PostgresOptOuts } from './finish-opt-out';
import { PostgresSubscriberRecord } from './subscriber-record';

/** What the activities of people are made of; the data source is of the worker's role. */
export interface SubscriberParts {
  readonly dataSource: DataSource;
  readonly graph: Pick<GraphClient, 'sendOptInRequest'>;
  readonly envelope: Envelope;
  readonly lookupHash: LookupHash;
  /** Days after which the workflow of somebody for whom nothing happens ends; null = never. */
  readonly subscriberIdleDays: number | null;
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/** The ports of a person's activities over Postgres and the Graph API. */
export function createSubscriberPorts(parts: SubscriberParts): SubscriberPorts {
  const { dataSource, graph, envelope, lookupHash, subscriberIdleDays } = parts;
  return {
    record: new PostgresSubscriberRecord(dataSource, subscriberIdleDays === null ? null : subscriberIdleDays * DAY_MS),
    tokens: new PostgresTokenStore(dataSource, envelope, lookupHash),
    requests: new PostgresOptInRequests(dataSource, envelope),
    optInSender: new GraphOptInSender(graph),
    runs: new PostgresAutomationRuns(dataSource, { envelope, lookupHash }),
    optOuts: new PostgresOptOuts(dataSource),
  };
}
