import type { EntityManager } from 'typeorm';
import { applyOptOuts } from '../consent/apply-opt-outs';
import type { CampaignRef } from './campaign-record';
import { excludeRegions, loadPeople, storeMetaWords } from './people';
import type { Settled } from './settle';
import { endTokens } from './tokens';

/** What Meta's refusals say of people: their next moment, their region and the end of a token; their rows are locked. */
export async function writeMetaWords(
  manager: EntityManager,
  { workspaceId }: CampaignRef,
  settled: readonly Settled[],
  nowMs: number,
): Promise<void> {
  const words = settled.flatMap((one) => one.words);
  const tokenIds = settled.flatMap(({ outcome, change }) =>
    outcome?.endsToken === true && change.before.tokenId !== null ? [change.before.tokenId] : [],
  );
  const elsewhere = settled.filter(({ outcome }) => outcome?.excludesRegion === true);
  await storeMetaWords(manager, workspaceId, words);
  await excludeRegions(
    manager,
    workspaceId,
    elsewhere.map(({ change }) => change.before.subscriberId),
  );
  await endTokens(manager, workspaceId, tokenIds, nowMs);
}

/** People whose refusal said that they had left, and who are still there; the consent's time is the send's begin (protocol §7.3). */
export async function writeOptOuts(
  manager: EntityManager,
  { workspaceId, pageId }: CampaignRef,
  settled: readonly Settled[],
): Promise<void> {
  const left = settled.filter(({ outcome }) => outcome?.optsOut === true);
  if (left.length === 0) return;
  const ids = left.map(({ change }) => change.before.subscriberId);
  const known = await loadPeople(manager, workspaceId, ids);
  const there = left.filter(({ change }) => known.has(change.before.subscriberId));
  await applyOptOuts(
    manager,
    there.map(({ change: { before } }) => ({
      workspaceId,
      pageId,
      subscriberId: before.subscriberId,
      atMs: before.begunAtMs ?? 0,
      source: 'send_error',
      tellMeta: false,
    })),
  );
}
