import type { GraphUsage } from './graph-result';
import { asList, asNumber, asRecord } from './tolerant-json';

/** Response headers by lower-case name. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

const NO_USAGE: GraphUsage = { percent: 0, regainAfterMs: 0 };

/** The fullest limit of Meta's usage headers (meta-api §15.1); a missing or unreadable header says nothing. */
export function readUsage(headers: AnswerHeaders): GraphUsage {
  const named = [
    appUsage(headers['x-app-usage']),
    ...businessUsages(headers['x-business-use-case-usage']),
    adAccountUsage(headers['x-ad-account-usage']),
  ];
  return named.reduce(fuller, NO_USAGE);
}

function fuller(a: GraphUsage, b: GraphUsage): GraphUsage {
  if (a.percent === b.percent) return a.regainAfterMs >= b.regainAfterMs ? a : b;
  return a.percent > b.percent ? a : b;
}

function appUsage(header: unknown): GraphUsage {
  return { percent: fullestCounter(readObject(header)), regainAfterMs: 0 };
}

function businessUsages(header: unknown): GraphUsage[] {
  return Object.values(readObject(header))
    .flatMap(asList)
    .map((limit) => {
      const fields = asRecord(limit) ?? {};
      const minutes = asNumber(fields['estimated_time_to_regain_access']) ?? 0;
      return { percent: fullestCounter(fields), regainAfterMs: minutes * 60_000 };
    });
}

function adAccountUsage(header: unknown): GraphUsage {
  const fields = readObject(header);
  const seconds = asNumber(fields['reset_time_duration']) ?? 0;
  return { percent: asNumber(fields['acc_id_util_pct']) ?? 0, regainAfterMs: seconds * 1000 };
}

function fullestCounter(fields: Readonly<Record<string, unknown>>): number {
  return Math.max(...['call_count', 'total_time', 'total_cputime'].map((name) => asNumber(fields[name]) ?? 0));
}

function readObject(header: unknown): Readonly<Record<string, unknown>> {
  if (typeof header !== 'string') return {};
  try {
    return asRecord(JSON.parse(header)) ?? {};
  } catch {
    return {};
  }
}
