import { GraphError } from './graph-error';

interface VersionLife {
  readonly name: string;
  /** First moment at which it is no longer served, for all objects and for ad accounts; absent: no end known. */
  readonly graphEnd?: string;
  readonly marketingEnd?: string;
}

/** Oldest first. */
const VERSIONS: readonly VersionLife[] = [
  { name: 'v19.0', graphEnd: '2026-05-21', marketingEnd: '2026-05-21' },
  { name: 'v20.0', graphEnd: '2026-09-24', marketingEnd: '2026-09-24' },
  { name: 'v21.0', graphEnd: '2027-01-21', marketingEnd: '2026-02-18' },
  { name: 'v22.0', graphEnd: '2027-05-20', marketingEnd: '2026-02-18' },
  { name: 'v23.0', graphEnd: '2027-10-08', marketingEnd: '2026-06-09' },
  { name: 'v24.0', graphEnd: '2028-02-18', marketingEnd: '2026-10-06' },
  { name: 'v25.0', graphEnd: '2028-07-29' },
  { name: 'v26.0' },
];

const USUAL = 'v25.0';

export const VERSION_PATTERN = /^v\d+\.\d+$/;

/**
 * The version that serves a call.
 * @param asked - the version in the path, undefined when it has none
 * @returns the one asked for while it lives, else the oldest that does
 * @throws GraphError 2635 for an expired one when versions are strict
 */
export function servedVersion(asked: string | undefined, isAdAccount: boolean, nowMs: number, strict: boolean): string {
  if (asked === undefined) return USUAL;
  const isLive = ({ graphEnd, marketingEnd }: VersionLife): boolean => {
    const end = isAdAccount ? marketingEnd : graphEnd;
    return end === undefined || nowMs < Date.parse(end);
  };
  const known = VERSIONS.find(({ name }) => name === asked);
  if (known && isLive(known)) return asked;
  if (strict) throw new GraphError(2635);
  if (!known && Number(asked.slice(1)) > 26) return 'v26.0';
  return VERSIONS.find(isLive)?.name ?? USUAL;
}
