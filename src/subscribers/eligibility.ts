import type { EntityManager } from 'typeorm';
import { explainEligibility } from '../../domain/delivery/explain-eligibility';
import type { PageFacts, Platform } from '../../domain/delivery/send-facts';
import { restrictionOf } from '../ledger/decide';
import type { RestrictedBy } from '../ledger/people';
import { loadPeople } from '../ledger/people';
import { readNowMs } from '../persistence/clock';
import { PageEntity, SubscriberEntity } from '../persistence/entities';
import type { EligibilityQueryDto } from './dto/eligibility-query.dto';
import type { EligibilityDto } from './dto/eligibility.dto';

/** Answers "may I write to this person?" from the record, by the decision that a send takes. */
export async function eligibilityOf(
  manager: EntityManager,
  workspaceId: string,
  subscriberId: string,
  { content, at }: EligibilityQueryDto,
): Promise<EligibilityDto> {
  const { pageId } = await manager.findOneByOrFail(SubscriberEntity, { id: subscriberId });
  const page = await manager.findOneByOrFail(PageEntity, { id: pageId });
  const person = (await loadPeople(manager, workspaceId, [subscriberId])).get(subscriberId);
  if (person === undefined) throw new Error(`Subscriber ${subscriberId} vanished while it was read.`);
  const atMs = at === undefined ? await readNowMs(manager) : Date.parse(at);
  const { decisions, ...answer } = explainEligibility(
    { page: pageFacts(page), person },
    content ?? 'promotional',
    atMs,
  );
  return { ...answer, decisions: [...decisions] };
}

const pageFacts = (page: PageEntity): PageFacts => ({
  restriction: restrictionOf({ restriction: page.restriction as RestrictedBy | null }),
  platform: page.platform as Platform,
  country: page.country,
  timeZone: page.timeZone,
  oneMessagePerLocalDay: page.oneMessagePerLocalDay,
});
