import type { AppSecret } from './parse-secrets';

/**
 * Meta's ids of this installation's apps; empty unless the id of every one is configured: with one unknown, nothing can be
 * told to be another app's.
 */
export function knownAppIds(appSecrets: readonly AppSecret[]): ReadonlySet<string> {
  const ids = appSecrets.flatMap(({ appId }) => appId ?? []);
  return new Set(ids.length === appSecrets.length ? ids : []);
}
