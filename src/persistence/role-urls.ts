import { createHmac } from 'node:crypto';

/** The three database roles Herald runs under; none of them owns a table. */
export const DATABASE_ROLES = ['herald_api', 'herald_ingest', 'herald_worker'] as const;
export type DatabaseRole = (typeof DATABASE_ROLES)[number];

/** The role's password, derived from the owner's, so that one secret configures a whole stack. */
export function rolePassword(ownerUrl: string, role: DatabaseRole): string {
  return createHmac('sha256', decodeURIComponent(new URL(ownerUrl).password))
    .update(role)
    .digest('hex');
}

/** The address under which a role reaches the owner's database. */
export function roleUrl(ownerUrl: string, role: DatabaseRole): string {
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = rolePassword(ownerUrl, role);
  return url.toString();
}
