import type { EntityManager } from 'typeorm';
import { In, IsNull } from 'typeorm';
import type { FieldError } from '../errors/problem';
import { contentErrors } from '../input/require-content';
import { CampaignEntity, PageEntity, TopicEntity } from '../persistence/entities';
import type { SendStepDto, StepDto } from './dto/step.dto';
import type { TriggerDto } from './dto/trigger.dto';

/** What an automation consists of. */
export interface AutomationParts {
  readonly pageIds: readonly string[];
  readonly trigger: TriggerDto;
  readonly steps: readonly StepDto[];
}

/** What an automation names that is not there, and what its messages lack. */
export async function automationErrors(manager: EntityManager, parts: AutomationParts): Promise<FieldError[]> {
  const pageIds = parts.pageIds.map((id) => id.toLowerCase());
  const topicIds = await topicsOf(manager, pageIds);
  const campaignIds = await campaignsOf(manager, pageIds, parts.steps);
  const pages = await manager.countBy(PageEntity, { id: In(pageIds), disconnectedAt: IsNull() });
  const { topicId } = parts.trigger;
  return [
    ...when(pages < pageIds.length, 'pageIds', 'must name connected Pages, none twice'),
    ...when(topicId !== undefined && !topicIds.has(topicId.toLowerCase()), 'trigger.topicId', NO_TOPIC),
    ...parts.steps.flatMap((step, index) => stepErrors(step, `steps[${index}]`, topicIds, campaignIds)),
  ];
}

const NO_TOPIC = 'is no topic of these Pages';

const when = (isWrong: boolean, field: string, reason: string): FieldError[] => (isWrong ? [{ field, reason }] : []);

function stepErrors(
  { ask, send }: StepDto,
  place: string,
  topicIds: ReadonlySet<string>,
  campaignIds: ReadonlySet<string>,
): FieldError[] {
  if ((ask === undefined) === (send === undefined)) {
    return [{ field: place, reason: 'must have exactly one of ask, send' }];
  }
  if (ask !== undefined) return when(!topicIds.has(ask.topicId.toLowerCase()), `${place}.ask.topicId`, NO_TOPIC);
  return send === undefined ? [] : sendErrors(send, `${place}.send`, campaignIds);
}

function sendErrors(send: SendStepDto, place: string, campaignIds: ReadonlySet<string>): FieldError[] {
  const { campaignId, lane, allowPaid, content } = send;
  const isPaid = lane === 'paid' || (lane === undefined && campaignId !== undefined);
  const mayBePaid = isPaid || (lane !== 'window' && allowPaid === true);
  const isStranger = campaignId !== undefined && !campaignIds.has(campaignId.toLowerCase());
  return [
    ...when(isPaid && campaignId === undefined, `${place}.campaignId`, 'is needed for lane paid: a campaign pays'),
    ...when(isStranger, `${place}.campaignId`, 'is no campaign of these Pages'),
    ...contentErrors(content, mayBePaid ? 'paid' : 'window', `${place}.content`),
  ];
}

async function topicsOf(manager: EntityManager, pageIds: string[]): Promise<ReadonlySet<string>> {
  const topics = await manager.find(TopicEntity, {
    where: { pageId: In(pageIds), deletedAt: IsNull() },
    select: { id: true },
  });
  return new Set(topics.map(({ id }) => id));
}

async function campaignsOf(
  manager: EntityManager,
  pageIds: string[],
  steps: readonly StepDto[],
): Promise<ReadonlySet<string>> {
  const ids = steps.flatMap(({ send }) => send?.campaignId ?? []);
  const campaigns = await manager.find(CampaignEntity, {
    where: { id: In(ids), pageId: In(pageIds), hidden: false },
    select: { id: true },
  });
  return new Set(campaigns.map(({ id }) => id));
}
