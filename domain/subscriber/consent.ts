/** What a person has said about marketing of a Page. */
export type Consent = 'none' | 'asked' | 'granted' | 'revoked';

/** Consent as a register: the newest word of the person counts, whenever it arrives. */
export interface ConsentRegister {
  readonly consent: Consent;
  /** When the person granted or revoked, milliseconds since the Unix epoch; null before either. */
  readonly atMs: number | null;
}

/** Something that bears on a person's consent. */
export interface ConsentEvent {
  readonly kind: 'asked' | 'opt_in' | 'opt_out';
  /** When it happened by its own clock, not when it arrived; milliseconds since the Unix epoch. */
  readonly atMs: number;
}

/** The register after an event, and whether the event changed it. */
export interface AppliedConsent {
  readonly register: ConsentRegister;
  readonly applied: boolean;
}

/** The register of a person who never said anything. */
export const NO_CONSENT: ConsentRegister = { consent: 'none', atMs: null };

/**
 * Applies an event to the register: events may come late, twice and in any order, and the result is the same.
 *
 * Older events change nothing (they are still proof); of two at the same moment the opt-out wins; a question
 * changes nothing for someone who has already answered.
 *
 * @param register - the register before
 * @param event - what happened
 */
export function applyConsent(register: ConsentRegister, event: ConsentEvent): AppliedConsent {
  const next = registerAfter(register, event);
  return next === null ? { register, applied: false } : { register: next, applied: true };
}

function registerAfter(register: ConsentRegister, event: ConsentEvent): ConsentRegister | null {
  const lastWordMs = register.atMs ?? Number.NEGATIVE_INFINITY;
  switch (event.kind) {
    case 'asked':
      return register.consent === 'none' ? { consent: 'asked', atMs: null } : null;
    case 'opt_in':
      return event.atMs > lastWordMs ? { consent: 'granted', atMs: event.atMs } : null;
    case 'opt_out':
      return event.atMs > lastWordMs || (event.atMs === lastWordMs && register.consent === 'granted')
        ? { consent: 'revoked', atMs: event.atMs }
        : null;
  }
}
