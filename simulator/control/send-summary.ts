import type { Send } from '../model/send';
import type { World } from '../model/world';

interface SendSummary {
  readonly accepted: number;
  readonly people: number;
  readonly maxPerPerson: number;
  /** Least business time between two messages to one person; null while nobody has two. */
  readonly minGapMs: number | null;
  readonly spentMinor: number;
  readonly reservedMinor: number;
}

/** The paid messages of all campaigns or of one, in figures. */
export function summaryOf(world: World, campaignId: string | undefined): SendSummary {
  const sends = campaignId === undefined ? [...world.sends.all()] : world.sends.ofCampaign(campaignId);
  const times = timesByPerson(sends.filter(({ kind }) => kind === 'paid'));
  const counts = [...times.values()].map((ofPerson) => ofPerson.length);
  const campaigns = [...world.campaigns.table.values()].filter(
    ({ id }) => campaignId === undefined || id === campaignId,
  );
  return {
    accepted: counts.reduce((sum, count) => sum + count, 0),
    people: counts.length,
    maxPerPerson: counts.reduce((most, count) => Math.max(most, count), 0),
    minGapMs: [...times.values()].map(leastGap).reduce(smaller, null),
    spentMinor: campaigns.reduce((sum, { spentMinor }) => sum + spentMinor, 0),
    reservedMinor: campaigns.reduce((sum, { reservedMinor }) => sum + reservedMinor, 0),
  };
}

function timesByPerson(sends: readonly Send[]): Map<string, number[]> {
  const times = new Map<string, number[]>();
  for (const { personId, atMs } of sends) {
    const ofPerson = times.get(personId);
    if (ofPerson) ofPerson.push(atMs);
    else times.set(personId, [atMs]);
  }
  return times;
}

function leastGap(times: readonly number[]): number | null {
  let least: number | null = null;
  let beforeMs: number | null = null;
  for (const atMs of [...times].sort((a, b) => a - b)) {
    if (beforeMs !== null) least = smaller(least, atMs - beforeMs);
    beforeMs = atMs;
  }
  return least;
}

function smaller(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
