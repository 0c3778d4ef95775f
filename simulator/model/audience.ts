import type { Row } from '../store/table';

/** A contact list uploaded for a Page: people with the same list name share it. */
export interface Audience extends Row {
  readonly id: string;
  readonly pageId: string;
  readonly name: string;
}
