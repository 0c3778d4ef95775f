import type { LookupHash } from '../security/lookup-hash';

/** By what a person is found. */
export type IdentityKind = 'psid' | 'external_id' | 'email' | 'phone';

/** The keyed hash of an identity; a PSID means something at its Page only, the others are the same everywhere. */
export const identityHash = (lookup: LookupHash, kind: IdentityKind, value: string, pageId: string): Buffer =>
  lookup.of(kind, value, kind === 'psid' ? pageId : '');
