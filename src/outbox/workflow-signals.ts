import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { CampaignInput } from '../../workflows/campaign/campaign.contract';
import { ARGUMENTS_VERSION, ENGINE_QUEUE, PRIORITY, WORKFLOW_TYPES, workflowIdOf } from '../../workflows/shared/names';
import { SEARCH_ATTRIBUTES } from '../../workflows/shared/search-attributes';
import type { SubscriberInput } from '../../workflows/subscriber/subscriber.contract';
import type { Wake } from './wake';

/** Tells workflows; the port behind which Temporal stands. */
export interface WorkflowSignals {
  /** Signals the owner's workflow and starts it where it is not open (`ALLOW_DUPLICATE`, `USE_EXISTING`). */
  signalWithStart(wake: Wake): Promise<void>;
  /** Signals the owner's workflow only while it is open. @returns false when it is not */
  signalOpen(wake: Wake): Promise<boolean>;
  /** Ends the owner's workflow where it is open, without another look at its record. */
  end(owner: WorkflowOwner): Promise<void>;
}

/** Whose workflow it is. */
export type WorkflowOwner = Pick<Wake, 'ownerKind' | 'ownerId' | 'pageId'>;

const NAMES: Readonly<Record<Wake['ownerKind'], string>> = { subscriber: 'Subscriber', campaign: 'Campaign' };

/**
 * A workflow task whose worker died goes to another after this long. A campaign's is loading and deciding, well below it,
 * and everybody waits for it: replay and the first send come on top, and together they stay below 6 s. People are many,
 * and on a machine with too much to do a short one would only be done twice.
 */
const WORKFLOW_TASK_TIMEOUT: Readonly<Record<Wake['ownerKind'], '3s' | '10s'>> = { subscriber: '10s', campaign: '3s' };

/** Signals through Temporal. */
export class TemporalSignals implements WorkflowSignals {
  /** @param publicUrl - where the API is reached, without a slash at its end */
  constructor(
    private readonly client: Client,
    private readonly publicUrl: string,
  ) {}

  async signalWithStart(wake: Wake): Promise<void> {
    const { ownerKind, ownerId, pageId, workspaceId } = wake;
    await this.client.workflow.signalWithStart(WORKFLOW_TYPES[ownerKind], {
      workflowId: workflowIdOf(ownerKind, pageId, ownerId),
      taskQueue: ENGINE_QUEUE,
      workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT[ownerKind],
      args: [this.inputOf(wake)],
      signal: wake.signal,
      signalArgs: signalArgs(wake),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      typedSearchAttributes: new TypedSearchAttributes([
        { key: SEARCH_ATTRIBUTES.workspace, value: workspaceId },
        { key: SEARCH_ATTRIBUTES.page, value: pageId },
      ]),
      priority: { priorityKey: PRIORITY[ownerKind], fairnessKey: workspaceId },
      staticSummary: `${NAMES[ownerKind]} ${ownerId}`,
    });
  }

  async signalOpen(wake: Wake): Promise<boolean> {
    const workflowId = workflowIdOf(wake.ownerKind, wake.pageId, wake.ownerId);
    try {
      await this.client.workflow.getHandle(workflowId).signal(wake.signal, ...signalArgs(wake));
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  async end({ ownerKind, ownerId, pageId }: WorkflowOwner): Promise<void> {
    try {
      await this.client.workflow
        .getHandle(workflowIdOf(ownerKind, pageId, ownerId))
        .terminate('Its record was emptied.');
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }

  private inputOf({ ownerKind, ownerId, pageId, workspaceId }: Wake): SubscriberInput | CampaignInput {
    const common = { v: ARGUMENTS_VERSION, workspaceId, pageId };
    switch (ownerKind) {
      case 'subscriber': {
        return {
          ...common,
          subscriberId: ownerId,
          timelineUrl: `${this.publicUrl}/v1/subscribers/${ownerId}/timeline`,
        };
      }
      case 'campaign': {
        return { ...common, campaignId: ownerId, campaignUrl: `${this.publicUrl}/v1/campaigns/${ownerId}` };
      }
    }
  }
}

/** A signal that carries nothing is sent without an argument. */
function signalArgs({ args }: Wake): Record<string, unknown>[] {
  return args === undefined || Object.keys(args).length === 0 ? [] : [{ ...args }];
}
