import type { Page } from './page';

/** What an access token lets its bearer speak for. */
export interface Access {
  readonly kind: 'page' | 'system';
  readonly page: Page;
}

/** Access tokens and ad accounts of all Pages. */
export class Accesses {
  private readonly byToken = new Map<string, Access>();
  private readonly byAccount = new Map<string, Page>();

  index(page: Page): void {
    this.byToken.set(page.pageToken, { kind: 'page', page });
    this.byToken.set(page.systemUserToken, { kind: 'system', page });
    this.byAccount.set(page.adAccountId, page);
  }

  of(token: string): Access | undefined {
    return this.byToken.get(token);
  }

  pageOfAccount(adAccountId: string): Page | undefined {
    return this.byAccount.get(adAccountId);
  }
}
