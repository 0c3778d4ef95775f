/** What a key may do. `admin` manages keys, `pii:read` shows PSIDs. */
export const SCOPES = ['read', 'write', 'send', 'pii:read', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];
