import type { HeraldConfig } from '../config/env';

/** The page of a workflow in Temporal's web UI. */
export const workflowUrl = ({ uiUrl, namespace }: HeraldConfig['temporal'], workflowId: string): string =>
  `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
