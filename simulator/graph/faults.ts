import { chance } from '../model/chance';
import type { Fault, FaultKind } from '../model/fault';
import type { World } from '../model/world';
import type { Params } from './params';

const PATTERNS = new Map<string, RegExp>();

/** Faults that answer in place of the request, and faults that spoil the answer of one that was carried out. */
export const FAULTS_BEFORE: ReadonlySet<FaultKind> = new Set(['500', '503_html', 'error', 'error_data_string']);
export const FAULTS_AFTER_REFUSAL: ReadonlySet<FaultKind> = new Set(['slow', 'truncated']);
export const FAULTS_AFTER_SUCCESS: ReadonlySet<FaultKind> = new Set(['drop_after_accept', 'slow', 'truncated']);

/** The fault that strikes a request, undefined when none does; one with a number of times is used up by it. */
export function strikingFault(
  world: World,
  kinds: ReadonlySet<FaultKind>,
  path: string,
  params: Params,
): Fault | undefined {
  if (world.faults.size === 0) return undefined;
  for (const fault of world.faults.values()) {
    if (!kinds.has(fault.kind) || !matches(fault, path, params)) continue;
    fault.seen += 1;
    const isStruck = fault.share >= 1 || chance(world.seed, 'fault', fault.id, fault.seen) < fault.share;
    if (isStruck && fault.timesLeft !== undefined) fault.timesLeft -= 1;
    if (fault.timesLeft === 0) world.faults.delete(fault.id);
    else world.faults.put(fault);
    if (isStruck) return fault;
  }
  return undefined;
}

function matches({ path: wanted, campaignId }: Fault, path: string, params: Params): boolean {
  if (!patternOf(wanted).test(path)) return false;
  return campaignId === undefined || params.text('message_id') === campaignId || path.includes(campaignId);
}

/** A path pattern is any part of the path; `*` stands for anything but a slash. */
function patternOf(wanted: string): RegExp {
  const source = wanted.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
  const pattern = PATTERNS.get(wanted) ?? new RegExp(source);
  PATTERNS.set(wanted, pattern);
  return pattern;
}
