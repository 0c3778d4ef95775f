import { Moment } from '../../input/moment';
import { Omittable } from '../../input/omittable';
import { SomeOf } from '../../input/some-of';
import { Line } from '../../input/text';
import type { Scope } from '../../workspaces/workspace-admin';
import { SCOPES } from '../../workspaces/workspace-admin';

/** A new key of the workspace. */
export class CreateApiKeyRequestDto {
  /**
   * What the key is for.
   * @example 'shop back end'
   */
  @Line(1, 100)
  name!: string;

  /**
   * What it may do; no scope contains another.
   * @example ['read', 'send']
   */
  @SomeOf(SCOPES, { min: 1 })
  scopes!: Scope[];

  /**
   * When it stops working, wall clock; never when left out.
   * @example '2027-11-22T00:00:00Z'
   */
  @Omittable()
  @Moment()
  expiresAt?: string;
}
