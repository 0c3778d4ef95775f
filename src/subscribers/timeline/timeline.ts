import type { EntityManager } from 'typeorm';
import type { ListPage, PageQueryDto } from '../../http/paging';
import { listPage } from '../../http/paging';
import type { TimelineEntryDto } from '../dto/timeline-entry.dto';
import { consentSource } from './consent-source';
import { messageSource } from './message-source';
import { orderSource } from './order-source';
import { askedSource, requestedSource } from './request-sources';
import type { PlacedEntry } from './timeline-position';
import { byPosition, cursorOf, readPosition } from './timeline-position';
import type { TimelineSource } from './timeline-source';
import { unsubscribeSource } from './unsubscribe-source';
import { windowSource } from './window-source';

const SOURCES: readonly TimelineSource[] = [
  windowSource,
  requestedSource,
  askedSource,
  consentSource,
  orderSource,
  messageSource,
  unsubscribeSource,
];

/** What happened to a person, newest last. */
export async function timelineOf(
  manager: EntityManager,
  subscriberId: string,
  { cursor, limit }: PageQueryDto,
): Promise<ListPage<TimelineEntryDto>> {
  const question = { subscriberId, after: readPosition(cursor), limit: limit + 1 };
  const found: PlacedEntry[] = [];
  for (const source of SOURCES) found.push(...(await source(manager, question)));
  return listPage(found.sort(byPosition), limit, ({ entry }) => entry, cursorOf);
}
