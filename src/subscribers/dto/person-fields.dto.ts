import { IsOptional } from 'class-validator';
import { Email, Phone, TimeZone } from '../../input/person';
import { Line, Lines } from '../../input/text';

/** What a shop knows of a person besides the PSID. */
export class PersonFieldsDto {
  /**
   * Your own id of the person, unique at the Page; null removes it.
   * @example 'customer-1042'
   */
  @IsOptional()
  @Line(1, 200)
  externalId?: string | null;

  /**
   * Unique at the Page; stored encrypted and found by keyed hash. Null removes it.
   * @example 'ada@example.com'
   */
  @IsOptional()
  @Email()
  email?: string | null;

  /**
   * With country code, unique at the Page; stored encrypted and found by keyed hash. Null removes it.
   * @example '+39 02 1234567'
   */
  @IsOptional()
  @Phone()
  phone?: string | null;

  /**
   * All tags of the person; the list replaces the former one.
   * @example ['vip']
   */
  @IsOptional()
  @Lines({ max: 50, length: 64 })
  tags?: string[] | null;

  /**
   * IANA time zone of the person's local day; null falls back to the Page's.
   * @example 'Europe/Rome'
   */
  @IsOptional()
  @TimeZone()
  timeZone?: string | null;
}
