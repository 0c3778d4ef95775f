import type { PageEntity } from '../persistence/entities';
import type { PageDto } from './dto/page.dto';

/** A Page as the API shows it. */
export const showPage = (page: PageEntity): PageDto => ({
  id: page.id,
  metaPageId: page.metaPageId,
  platform: page.platform,
  name: page.name,
  adAccountId: page.adAccountId,
  hasSystemUserToken: page.systemUserTokenSealed !== null,
  timeZone: page.timeZone,
  currency: page.currency,
  country: page.country,
  restriction: page.restriction,
  oneMessagePerLocalDay: page.oneMessagePerLocalDay,
  optOutWords: page.optOutWords,
  sendsPerSecond: page.sendsPerSecond,
});
