import { createHash } from 'node:crypto';

/** What nobody may read in clear: contract §4, §5; design §12. */
export type SecretKind = 'token' | 'key' | 'psid' | 'email' | 'phone' | 'external id' | 'name' | 'text';

interface Needle {
  readonly kind: SecretKind;
  readonly what: string;
  readonly forms: readonly string[];
}

/** Whatever holds text that is searched: where it is from, and the text. */
export interface Straw {
  readonly where: string;
  readonly text: string;
}

/** Guessed in no time, so a plain hash of it is as good as the value. */
const GUESSABLE: readonly SecretKind[] = ['psid', 'email', 'phone', 'external id'];

/** Every secret that a run has made use of, and how it is recognised. */
export class Secrets {
  private readonly needles: Needle[] = [];

  /** @returns the value, to be used where it is made up */
  add(kind: SecretKind, value: string): string {
    const bytes = Buffer.from(value);
    const encoded = [value, encodeURIComponent(value), bytes.toString('hex'), bytes.toString('base64')];
    const hash = createHash('sha256').update(value).digest();
    const hashed = GUESSABLE.includes(kind)
      ? [hash.toString('hex'), hash.toString('base64'), hash.toString('latin1')]
      : [];
    this.needles.push({ kind, what: `${kind} ${value}`, forms: [...new Set([...encoded, ...hashed])] });
    return value;
  }

  /** How many there are of each kind. */
  counts(): Partial<Record<SecretKind, number>> {
    const counts: Partial<Record<SecretKind, number>> = {};
    for (const { kind } of this.needles) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }

  /**
   * @param allowed - kinds that may stand there
   * @returns a line for each secret and place where it stands
   */
  foundIn(straws: readonly Straw[], allowed: readonly SecretKind[] = []): string[] {
    const forbidden = this.needles.filter(({ kind }) => !allowed.includes(kind));
    return straws.flatMap(({ where, text }) =>
      forbidden
        .filter(({ forms }) => forms.some((form) => text.includes(form)))
        .map(({ what }) => `${what} in ${where}`),
    );
  }
}
