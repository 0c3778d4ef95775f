import { createHmac } from 'node:crypto';
import type { Access } from '../model/accesses';
import type { Page, TokenState } from '../model/page';
import type { World } from '../model/world';
import { GraphError } from './graph-error';

const BEARER = /^(?:Bearer|OAuth)\s+(.+)$/i;

const TOKEN_STATES: Record<Exclude<TokenState, 'valid'>, number> = { expired: 463, revoked: 458 };

const proofs = new Map<string, string>();

/** The token of a request: in the header, or a parameter of that name. */
export function tokenOf(header: string | undefined, parameter: string | undefined): string {
  const token = BEARER.exec(header ?? '')?.[1] ?? parameter;
  if (!token) throw new GraphError(2500);
  return token;
}

/** What a token may speak for. */
export function accessOf(world: World, token: string): Access {
  const access = world.accesses.of(token);
  if (!access) throw new GraphError(190, { subcode: 467, message: 'Invalid OAuth access token.' });
  const { tokenState } = access.page;
  if (tokenState === 'valid') return access;
  throw new GraphError(190, { subcode: TOKEN_STATES[tokenState] });
}

/**
 * Checks the proof of a call and finds out who calls.
 * @returns the app whose secret made the proof; without a proof the first app
 */
export function callingApp(world: World, page: Page, token: string, proof: string | undefined): string | undefined {
  if (proof === undefined) {
    if (!world.settingsOf(page.id).requireAppSecretProof) return world.apps.values().next().value?.id;
    throw proofError('API calls from the server require an appsecret_proof argument');
  }
  for (const app of world.apps.values()) if (proofOf(app.secret, token) === proof) return app.id;
  throw proofError('Invalid appsecret_proof provided in the API argument');
}

function proofOf(secret: string, token: string): string {
  const key = `${secret}|${token}`;
  const proof = proofs.get(key) ?? createHmac('sha256', secret).update(token).digest('hex');
  proofs.set(key, proof);
  return proof;
}

function proofError(message: string): GraphError {
  return new GraphError(100, { message, type: 'GraphMethodException' });
}
