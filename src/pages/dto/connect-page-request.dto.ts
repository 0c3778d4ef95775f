import { Matches } from 'class-validator';
import { Currency } from '../../input/amount';
import { OneOf } from '../../input/available';
import { Omittable } from '../../input/omittable';
import { TimeZone } from '../../input/person';
import { Line } from '../../input/text';
import { PLATFORMS } from '../vocabulary';
import type { Platform } from '../vocabulary';
import { AccessToken } from './access-token';

/** A Page to connect; what is left out is read from Meta. */
export class ConnectPageRequestDto {
  /**
   * Meta's id of the Page or of the Instagram professional account.
   * @example '104201000000001'
   */
  @Matches(/^\d{1,32}$/, { message: 'must be the digits of an id at Meta' })
  metaPageId!: string;

  /** @example 'Aurora Clothing' */
  @Omittable()
  @Line(1, 200)
  name?: string;

  /** @example 'messenger' */
  @OneOf(PLATFORMS)
  platform!: Platform;

  /**
   * Page token with the permissions of Messenger; stored encrypted, never shown.
   * @example 'EAAB-page-token'
   */
  @AccessToken()
  pageToken!: string;

  /**
   * System user token, with which campaigns are created and paid for; stored encrypted, never shown.
   * @example 'EAAB-system-user-token'
   */
  @Omittable()
  @AccessToken()
  systemUserToken?: string;

  /**
   * Ad account that pays, with or without `act_`.
   * @example 'act_204201000000001'
   */
  @Omittable()
  @Matches(/^(act_)?\d{1,32}$/, { message: 'must be the id of an ad account, such as act_204201000000001' })
  adAccountId?: string;

  /**
   * Local days and budget days begin at its midnight.
   * @example 'Europe/Rome'
   */
  @Omittable()
  @TimeZone()
  timeZone?: string;

  /** @example 'EUR' */
  @Omittable()
  @Currency()
  currency?: string;

  /**
   * ISO 3166 code of the country the Page works in.
   * @example 'IT'
   */
  @Omittable()
  @Matches(/^[A-Z]{2}$/, { message: 'must be an ISO 3166 code of two letters, such as IT' })
  country?: string;
}
