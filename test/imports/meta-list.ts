import type { NotificationToken, TokenListQuestion, TokenPage } from '../../src/graph-api/calls/notification-tokens';
import type { GraphClient } from '../../src/graph-api/graph-client';
import type { GraphResult } from '../../src/graph-api/graph-result';

const USAGE = { percent: 0, regainAfterMs: 0 };

/** A row of Meta's list. */
export const row = (token: string, fields: Partial<NotificationToken> = {}): NotificationToken => ({
  token,
  psid: `psid-${token}`,
  active: true,
  customAudienceIds: [],
  ...fields,
});

/** Somebody from a contact list: no PSID, no times. */
export const listed = (token: string, fields: Partial<NotificationToken> = {}): NotificationToken =>
  row(token, { psid: undefined, customAudienceIds: ['1202'], ...fields });

/** Meta did what was asked. */
export const ok = <T>(value: T): GraphResult<T> => ({ kind: 'ok', value, usage: USAGE });

export const refused = (code: number): GraphResult<never> => ({
  kind: 'refused',
  error: { code, httpStatus: 400, type: 'OAuthException', isTransient: false, speaksOfMoney: false },
  usage: USAGE,
});

type ListPort = Pick<GraphClient, 'listNotificationTokens' | 'readNotificationToken'>;

/** Meta's list of subscribers, a page at a time. */
export class MetaList implements ListPort {
  pages: (readonly NotificationToken[])[] = [];
  /** Rows by the way in that Meta knows. */
  bySource: Partial<Record<string, readonly NotificationToken[]>> = {};
  /** Rows that can be read alone, beside those of the pages. */
  hidden: NotificationToken[] = [];
  /** Runs before each page of the whole list; an answer of its own takes the place of the page. */
  beforePage: (page: number) => Promise<GraphResult<never> | undefined> = () => Promise.resolve(undefined);
  readonly read: string[] = [];

  async *listNotificationTokens({
    optInSource,
  }: TokenListQuestion): AsyncGenerator<GraphResult<TokenPage>, void, undefined> {
    if (optInSource !== undefined) {
      yield ok({ tokens: this.bySource[optInSource] ?? [] });
      return;
    }
    for (const [index, tokens] of this.pages.entries()) {
      const other = await this.beforePage(index);
      yield other ?? ok({ tokens });
      if (other !== undefined) return;
    }
  }

  readNotificationToken({ token }: { readonly token: string }): Promise<GraphResult<NotificationToken>> {
    this.read.push(token);
    const found = [...this.pages.flat(), ...this.hidden].find((one) => one.token === token);
    return Promise.resolve(found === undefined ? refused(100) : ok(found));
  }
}
