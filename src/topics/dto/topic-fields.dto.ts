import { IsOptional, IsUrl } from 'class-validator';
import { OneOf } from '../../input/available';
import { Line } from '../../input/text';
import { ASPECT_RATIOS, CTA_TEXTS } from '../vocabulary';

/** How the opt-in request of a topic looks, beyond its title. */
export class TopicFieldsDto {
  /**
   * Public address of the picture; null removes it.
   * @example 'https://shop.example/new-arrivals.png'
   */
  @IsOptional()
  @Line(1, 2048)
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  imageUrl?: string | null;

  /**
   * Form of the picture; Meta takes HORIZONTAL when it is left out.
   * @example 'HORIZONTAL'
   */
  @IsOptional()
  @OneOf(ASPECT_RATIOS)
  imageAspectRatio?: string | null;

  /**
   * Text of the button; Meta takes GET_UPDATES when it is left out.
   * @example 'GET_UPDATES'
   */
  @IsOptional()
  @OneOf(CTA_TEXTS)
  ctaText?: string | null;

  /**
   * What comes back with the opt-in, for your own use; no personal data.
   * @example 'arrivals-2026'
   */
  @IsOptional()
  @Line(1, 500)
  payload?: string | null;
}
