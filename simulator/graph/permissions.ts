import type { GraphCall } from './call';
import { GraphError } from './graph-error';

/** Refuses a call whose token may not do this; sending for a Page without `pages_messaging` has a code of its own. */
export function requirePermission(call: GraphCall, permission: string): void {
  if (call.access.page.permissions.includes(permission)) return;
  if (permission === 'pages_messaging') throw new GraphError(230);
  throw new GraphError(200, { message: `(#200) Requires ${permission} permission` });
}

/** Refuses every token but the Page's own. */
export function requirePageToken(call: GraphCall): void {
  if (call.access.kind === 'page') return;
  throw new GraphError(200, { message: '(#200) A Page access token is required for this call.' });
}

/** Refuses a Page token where money is spent. */
export function requireSystemToken(call: GraphCall): void {
  requirePermission(call, 'ads_management');
  if (call.access.kind === 'system') return;
  throw new GraphError(200, { message: '(#200) The ad account does not accept a Page access token.' });
}
