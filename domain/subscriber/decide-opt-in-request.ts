import { KINDS_COMPARED_MS, OPT_IN_COOLDOWN_MS, instagramRequestLimits } from '../rules/opt-in-rules';
import type { RuleId } from '../rules/rule';
import { WINDOW_MS } from '../rules/window-rules';
import type { DecisionFacts } from '../shared/facts';
import { isoTime, isoTimeOrNull } from '../shared/iso-time';
import type { OptInRequestDecision, OptInRequestFacts, PastOptInRequest, RequestedTopic } from './opt-in-request';
import { countsAsAsked } from './opt-in-request';
import { isWindowOpen } from './window';

/** The objection of one rule; `canChange` is false where no moment and no event helps. */
interface Objection {
  readonly ruleId: RuleId;
  readonly facts: DecisionFacts;
  readonly allowedAtMs: number | null;
  readonly canChange: boolean;
}

type Check = (facts: OptInRequestFacts, asked: readonly PastOptInRequest[], nowMs: number) => Objection | null;

/**
 * Decides whether a person is asked to opt in to a topic now.
 *
 * What became of an earlier request plays no part (R-07: a pending one cannot be read), only that it was sent.
 *
 * @param facts - the topic, the earlier requests, the window and the Page
 * @param nowMs - milliseconds since the Unix epoch
 */
export function decideOptInRequest(facts: OptInRequestFacts, nowMs: number): OptInRequestDecision {
  const asked = facts.requests.filter((request) => countsAsAsked(request.state));
  for (const check of CHECKS) {
    const objection = check(facts, asked, nowMs);
    if (objection !== null) return answer(objection, facts.whenNotAllowed);
  }
  return { kind: 'ask' };
}

function answer(
  { canChange, ...objection }: Objection,
  whenNotAllowed: OptInRequestFacts['whenNotAllowed'],
): OptInRequestDecision {
  return { kind: whenNotAllowed === 'wait' && canChange ? 'wait' : 'refuse', ...objection };
}

/** a restricted Page asks nobody. */
const pageIsFree: Check = ({ restriction }) =>
  restriction && {
    ruleId: 'R-25',
    facts: { subject: restriction.subject, permanent: restriction.permanent, reason: restriction.reason },
    allowedAtMs: restriction.untilMs,
    canChange: !restriction.permanent,
  };

/** R-11 and P2: whoever left is asked again only after they wrote again. */
const notLeft: Check = ({ leftAtMs, windowUntilMs }) => {
  if (leftAtMs === undefined || leftAtMs === null) return null;
  if (windowUntilMs !== null && windowUntilMs - WINDOW_MS > leftAtMs) return null;
  return { ruleId: 'R-11', facts: { leftAt: isoTime(leftAtMs) }, allowedAtMs: null, canChange: false };
};

/** whoever has opted in to a topic is not offered the same again. */
const notYetOptedIn: Check = ({ alreadyOptedInToTopic }) =>
  alreadyOptedInToTopic
    ? { ruleId: 'R-06', facts: { alreadyOptedIn: true }, allowedAtMs: null, canChange: false }
    : null;

/** the window is open; only the person can open it. */
const windowIsOpen: Check = ({ windowUntilMs }, _asked, nowMs) =>
  isWindowOpen(windowUntilMs, nowMs)
    ? null
    : { ruleId: 'R-01', facts: { windowUntil: isoTimeOrNull(windowUntilMs) }, allowedAtMs: null, canChange: true };

/** the same request once in seven days. */
const newTitle: Check = ({ topic, platform }, asked, nowMs) => {
  const same = asked.filter((request) => isDuplicate(request, topic, platform));
  const lastAskedMs = Math.max(...same.map((request) => request.sentAtMs));
  const allowedAtMs = lastAskedMs + OPT_IN_COOLDOWN_MS;
  if (same.length === 0 || nowMs >= allowedAtMs) return null;
  const facts = {
    lastAskedAt: isoTime(lastAskedMs),
    duplicateBy: platform === 'instagram' ? 'title and image' : 'title',
  };
  return { ruleId: 'R-03', facts, allowedAtMs, canChange: true };
};

function isDuplicate(request: RequestedTopic, topic: RequestedTopic, platform: OptInRequestFacts['platform']): boolean {
  if (request.titleKey !== topic.titleKey) return false;
  return platform === 'messenger' || request.imageUrl === topic.imageUrl;
}

/** Instagram's limits on titles in a day and in a week. */
const instagramLimits: Check = ({ topic, platform }, asked, nowMs) => {
  if (platform !== 'instagram') return null;
  const reached = instagramRequestLimits(nowMs).flatMap(({ titles, withinMs }) => {
    const lastAsked = lastAskedByTitle(asked, nowMs - withinMs);
    lastAsked.delete(topic.titleKey);
    const oldestFirst = [...lastAsked.values()].sort((left, right) => left - right);
    const leaves = oldestFirst[oldestFirst.length - titles];
    return leaves === undefined ? [] : [{ titles, allowedAtMs: leaves + withinMs }];
  });
  const last = reached.sort((left, right) => right.allowedAtMs - left.allowedAtMs)[0];
  return last === undefined
    ? null
    : { ruleId: 'R-05', facts: { titles: last.titles }, allowedAtMs: last.allowedAtMs, canChange: true };
};

function lastAskedByTitle(asked: readonly PastOptInRequest[], sinceMs: number): Map<string, number> {
  const byTitle = new Map<string, number>();
  for (const { titleKey, sentAtMs } of asked) {
    if (sentAtMs > sinceMs) byTitle.set(titleKey, Math.max(sentAtMs, byTitle.get(titleKey) ?? sentAtMs));
  }
  return byTitle;
}

/** it promises a kind of messages that an earlier request did not; a topic that names no kinds is not compared. */
const newKinds: Check = ({ topic }, asked, nowMs) => {
  const alike = asked.filter((request) => request.titleKey !== topic.titleKey && promisesNothingNew(topic, request));
  const lastAskedMs = Math.max(...alike.map((request) => request.sentAtMs));
  const allowedAtMs = lastAskedMs + KINDS_COMPARED_MS;
  if (alike.length === 0 || nowMs >= allowedAtMs) return null;
  const facts = { kinds: topic.kinds.join(', '), lastAskedAt: isoTime(lastAskedMs) };
  return { ruleId: 'R-06', facts, allowedAtMs, canChange: true };
};

function promisesNothingNew(topic: RequestedTopic, earlier: RequestedTopic): boolean {
  return topic.kinds.length > 0 && topic.kinds.every((kind) => earlier.kinds.includes(kind));
}

const CHECKS: readonly Check[] = [
  pageIsFree,
  notLeft,
  notYetOptedIn,
  windowIsOpen,
  newTitle,
  instagramLimits,
  newKinds,
];
