import { createHmac } from 'node:crypto';

/** Proves to Meta that the caller of a token is the app's own server (meta-api §2.2). */
export function appSecretProof(appSecret: string, token: string): string {
  return createHmac('sha256', appSecret).update(token).digest('hex');
}
