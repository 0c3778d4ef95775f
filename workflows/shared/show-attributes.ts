import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';

/** Moves search attributes that changed: each upsert costs an event, and on most looks nothing did. */
export function showAttributes(attributes: readonly SearchAttributeUpdatePair[]): void {
  const changed = attributes.filter(isNews);
  if (changed.length > 0) upsertSearchAttributes(changed);
}

function isNews({ key, value }: SearchAttributeUpdatePair): boolean {
  const shown: unknown = workflowInfo().typedSearchAttributes.get(key);
  return JSON.stringify(shown ?? null) !== JSON.stringify(value);
}
