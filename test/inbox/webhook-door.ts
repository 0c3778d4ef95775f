import type { DataSource } from 'typeorm';
import { Agent, request } from 'undici';
import { ApiDatabase, IngestDatabase } from '../../src/http/databases';
import { InboxDrainer } from '../../src/inbox/drainer';
import { Envelope } from '../../src/security/envelope';
import { ApiUnderTest } from '../api/api-under-test';
import type { TestCampaign } from '../support/ledger-builders';
import { LedgerUnderTest, START_MS } from '../support/ledger-builders';
import { signed, status } from './meta-events';
import { silent } from './tables-under-test';

const SECRET = 'app-secret';

/** One item of a webhook's lists. */
export type WebhookItem = Readonly<Record<string, unknown>>;

/** How the door answered. */
export interface DoorAnswer {
  readonly status: number;
  readonly text: string;
}

/** The way of a webhook from Meta's connection to the ledger: the API on a port, and the drainer behind it. */
export class WebhookDoor {
  private constructor(
    readonly ledger: LedgerUnderTest,
    readonly api: ApiUnderTest,
    readonly drainer: InboxDrainer,
    readonly pageId: string,
    readonly metaPageId: string,
    private readonly url: string,
    private readonly meta: Agent,
  ) {}

  /** @param connections - of Meta; each takes one request at a time */
  static async open(metaPageId: string, connections: number): Promise<WebhookDoor> {
    const ledger = await LedgerUnderTest.open();
    const api = await ApiUnderTest.start({
      DATABASE_URL: ledger.url,
      HERALD_LOOKUP_KEY: ledger.lookupKey.toString('base64'),
      META_APP_SECRETS: SECRET,
    });
    await api.app.listen(0, '127.0.0.1');
    const drainer = new InboxDrainer({ dataSource: ledger.worker, envelope: api.app.get(Envelope), logger: silent });
    const pageId = await ledger.addPage({ metaPageId });
    const url = `${await api.app.getUrl()}/webhooks/meta`;
    return new WebhookDoor(ledger, api, drainer, pageId, metaPageId, url, new Agent({ connections }));
  }

  async close(): Promise<void> {
    await this.meta.close();
    await this.api.stop();
    await this.ledger.close();
  }

  /** Every pool that has connections to the database. */
  pools(): DataSource[] {
    const { ledger, api } = this;
    const ofApi = [api.app.get(ApiDatabase), api.app.get(IngestDatabase)].map(({ dataSource }) => dataSource);
    return [...ofApi, ledger.worker, ledger.api, api.owner, ledger.owner];
  }

  /** @param headers - in place of the right signature */
  async post(body: Buffer, headers: Readonly<Record<string, string>> = signed(body, SECRET)): Promise<DoorAnswer> {
    const answer = await request(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      dispatcher: this.meta,
    });
    return { status: answer.statusCode, text: await answer.body.text() };
  }

  /** A campaign that Meta has accepted for so many people, and the delivery of each message. */
  async accepted(count: number): Promise<{ campaign: TestCampaign; deliveries: WebhookItem[] }> {
    const { campaign } = await this.ledger.addChosen(this.pageId, count);
    while ((await this.ledger.runner().run(campaign, 500)).accepted > 0);
    const deliveries = (await this.ledger.sends(campaign)).map(({ subscriber_id: person, tracking_id: tracking }) =>
      status(
        'deliveries',
        this.metaPageId,
        { token: `token-${person}`, campaign: campaign.metaCampaignId, ...(tracking !== null && { tracking }) },
        START_MS,
      ),
    );
    return { campaign, deliveries };
  }
}
