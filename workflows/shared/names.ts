/** Queue of the workflows and of the short activities that keep their record. */
export const ENGINE_QUEUE = 'engine';

/** Queue of the activities that send: a worker of its own, limited by each Page's lease. */
export const SEND_QUEUE = 'send';

/** Workflow types as they stand in Temporal. */
export const WORKFLOW_TYPES = { subscriber: 'subscriberWorkflow', campaign: 'campaignWorkflow' } as const;

/** Shape of the workflows' arguments; a release that gives them another one raises it and still reads the older ones. */
export const ARGUMENTS_VERSION = 1;

/** Who may owe something: the owners of rows in `waits`. */
export type OwnerKind = keyof typeof WORKFLOW_TYPES;

/** A subscriber overtakes any campaign: an opt-out must not queue behind a broadcast. */
export const PRIORITY: Readonly<Record<OwnerKind, number>> = { subscriber: 1, campaign: 5 };

/** @returns `subscriber/<pageId>/<subscriberId>` */
export const subscriberWorkflowId = (pageId: string, subscriberId: string): string =>
  `subscriber/${pageId}/${subscriberId}`;

/** @returns `campaign/<campaignId>` */
export const campaignWorkflowId = (campaignId: string): string => `campaign/${campaignId}`;

/** The workflow of an owner. */
export const workflowIdOf = (kind: OwnerKind, pageId: string, ownerId: string): string =>
  kind === 'subscriber' ? subscriberWorkflowId(pageId, ownerId) : campaignWorkflowId(ownerId);
