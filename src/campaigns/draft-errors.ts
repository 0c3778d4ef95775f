import type { EntityManager } from 'typeorm';
import { IsNull } from 'typeorm';
import type { JsonObject } from '../../domain/content/json';
import { renderContent } from '../../domain/content/render-content';
import type { FieldError } from '../errors/problem';
import { contentErrors } from '../input/require-content';
import type { PageEntity } from '../persistence/entities';
import { SubscriberEntity, TopicEntity } from '../persistence/entities';
import type { AudienceDto } from './dto/audience.dto';
import type { BudgetDto } from './dto/budget.dto';
import type { CreateCampaignRequestDto } from './dto/create-campaign-request.dto';
import type { ScheduleDto } from './dto/schedule.dto';

const when = (isWrong: boolean, field: string, reason: string): FieldError[] => (isWrong ? [{ field, reason }] : []);

/** What keeps a Page from sending paid messages at all. */
export function pageErrors({ platform, adAccountId }: PageEntity): FieldError[] {
  return [
    ...when(platform !== 'messenger', 'pageId', 'is an Instagram account: paid messages exist on Messenger only'),
    ...when(adAccountId === null, 'pageId', 'is a Page without ad account: nobody would pay'),
  ];
}

/** The budget is in the currency in which Meta bills. */
export const budgetErrors = ({ currency }: BudgetDto, page: PageEntity): FieldError[] =>
  when(currency !== page.currency, 'budget.currency', `must be the ad account's currency, ${page.currency}`);

/** A lifetime budget needs an end that has not passed; a start that has passed means now. */
export function scheduleErrors({ startAt, endAt }: ScheduleDto, nowMs: number): FieldError[] {
  if (endAt === undefined) return when(true, 'schedule.endAt', 'is needed with a lifetime budget (R-14)');
  const endAtMs = Date.parse(endAt);
  return [
    ...when(endAtMs <= nowMs, 'schedule.endAt', 'must be in the future'),
    ...when(endAtMs <= Date.parse(startAt), 'schedule.endAt', 'must be after startAt'),
  ];
}

/** A content that Meta would refuse, or that an audience could not fill in. */
export function ownContentErrors({
  content,
  audience,
}: Pick<CreateCampaignRequestDto, 'content' | 'audience'>): FieldError[] {
  if (content === undefined) {
    return when(audience !== undefined, 'content', 'is needed with an audience: everyone gets the same');
  }
  const errors = contentErrors(content, 'paid', 'content');
  if (errors.length > 0 || audience === undefined) return errors;
  const { missing } = renderContent(content as JsonObject, {}, 'paid');
  return missing.map((name) => ({
    field: 'content',
    reason: `has the variable "${name}" without a fallback, and an audience brings no values`,
  }));
}

/** An audience is of one form, and names what belongs to the Page. */
export async function audienceErrors(
  manager: EntityManager,
  audience: AudienceDto | undefined,
  { id: pageId }: PageEntity,
): Promise<FieldError[]> {
  if (audience === undefined) return [];
  const forms = [audience.all, audience.topicId, audience.source, audience.subscriberIds];
  const given = forms.filter((form) => form !== undefined).length;
  if (given !== 1) return when(true, 'audience', 'must have exactly one of all, topicId, source, subscriberIds');
  const isStranger = audience.topicId !== undefined && !(await isTopic(manager, audience.topicId, pageId));
  const strangers = await countStrangers(manager, audience.subscriberIds ?? [], pageId);
  return [
    ...when(isStranger, 'audience.topicId', 'is no topic of the Page'),
    ...when(strangers > 0, 'audience.subscriberIds', `names ${strangers} who are nobody at the Page`),
  ];
}

const isTopic = (manager: EntityManager, id: string, pageId: string): Promise<boolean> =>
  manager.existsBy(TopicEntity, { id, pageId, deletedAt: IsNull() });

async function countStrangers(manager: EntityManager, ids: readonly string[], pageId: string): Promise<number> {
  const distinct = [...new Set(ids.map((id) => id.toLowerCase()))];
  if (distinct.length === 0) return 0;
  const known = await manager
    .createQueryBuilder(SubscriberEntity, 'person')
    .where('person.pageId = :pageId AND person.id = ANY(:ids)', { pageId, ids: distinct })
    .getCount();
  return distinct.length - known;
}
