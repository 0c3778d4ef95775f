import type { DataSource } from 'typeorm';
import { ownError } from '../errors/own-error';
import type { PageAddress, SubscribedApp } from '../graph-api/calls/page';
import type { GraphClient } from '../graph-api/graph-client';
import { whyNot } from '../graph-api/why-not';
import { rows } from '../persistence/database';
import type { Envelope } from '../security/envelope';
import { backOffMs } from '../worker-loops/back-off';
import { eachBounded } from '../worker-loops/bounded';
import type { LoopLogger, Round } from '../worker-loops/loop';
import { beginImports, oweImports } from './owed-imports';

/** Meta gives an application up after about an hour (meta-api §12.1); wall clock. */
const LOOK_EVERY_MS = 15 * 60_000;
/** After a Page that could not be subscribed, doubled each time: Meta first asks the API whether it listens. */
const FIRST_AGAIN_MS = 15_000;
const PAGES_A_READ = 200;
/** Pages asked about at a time. */
const WIDTH = 5;
/** A field that only an application of ours has a reason to hear. */
const OWN_FIELD = 'messaging_optins';

const NOT_SHOWN = 'Meta subscribed the Page and does not show it: is the app id in META_APP_SECRETS right?';

/** What keeping subscriptions works with. */
interface SubscriptionParts {
  readonly dataSource: DataSource;
  readonly graph: Pick<GraphClient, 'readSubscribedApps' | 'subscribeApp'>;
  readonly envelope: Envelope;
  readonly logger: LoopLogger;
  /** Meta's ids of this installation's applications; empty unless that of every one is known. */
  readonly appIds: ReadonlySet<string>;
}

interface ConnectedPage {
  readonly id: string;
  readonly meta_page_id: string;
  readonly token_sealed: Buffer;
}

const CONNECTED = `
SELECT id, meta_page_id, token_sealed FROM pages
 WHERE disconnected_at IS NULL AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT ${PAGES_A_READ}`;

/**
 * Meta stops sending the webhooks of a Page when none was answered for about an hour, and stores none of those it could
 * not deliver. So every connected Page is looked at: one that is not subscribed any more is subscribed again, and its
 * token list is imported, which brings who came and who left meanwhile.
 */
export class WebhookSubscriptions {
  private failedRounds = 0;
  /** Pages that Meta subscribed without showing it: whether a subscription is lost cannot be told, so nothing is owed again. */
  private readonly notShown = new Set<string>();

  constructor(private readonly parts: SubscriptionParts) {}

  /** All connected Pages. */
  readonly round: Round = async (stopping) => {
    let failed = 0;
    let pages = await this.pagesAfter(null);
    while (pages.length > 0 && !stopping.aborted) {
      await eachBounded(pages, WIDTH, async (page) => {
        if (!stopping.aborted && !(await this.keep(page))) failed += 1;
      });
      pages = await this.pagesAfter(pages.at(-1)?.id ?? null);
    }
    if (failed === 0) {
      this.failedRounds = 0;
      return LOOK_EVERY_MS;
    }
    this.failedRounds += 1;
    return backOffMs(this.failedRounds - 1, LOOK_EVERY_MS, FIRST_AGAIN_MS);
  };

  private pagesAfter(id: string | null): Promise<ConnectedPage[]> {
    return rows<ConnectedPage>(this.parts.dataSource.manager, CONNECTED, [id]);
  }

  /** A Page whose token is no longer good, or cannot be opened, holds up nobody. @returns whether it is subscribed */
  private async keep(page: ConnectedPage): Promise<boolean> {
    const error = await this.subscribeWhereLost(page).catch(ownError);
    if (error !== null) {
      this.parts.logger.warn({ page: page.id, error }, 'A Page could not be kept subscribed to its webhooks');
    }
    return error === null;
  }

  /** @returns null when Meta sends the Page's webhooks, else why not, in codes */
  private async subscribeWhereLost(page: ConnectedPage): Promise<string | null> {
    const { envelope, graph } = this.parts;
    const pageToken = envelope.open(page.token_sealed, `pages.token:${page.id}`).toString('utf8');
    const address = { metaPageId: page.meta_page_id, pageToken };
    const apps = await graph.readSubscribedApps(address);
    if (apps.kind !== 'ok') return whyNot(apps);
    return this.showsOurs(apps.value) ? null : this.subscribeAgain(page, address);
  }

  private showsOurs(apps: readonly SubscribedApp[]): boolean {
    const { appIds } = this.parts;
    return apps.some(({ appId, fields }) => (appIds.size > 0 ? appIds.has(appId) : fields.includes(OWN_FIELD)));
  }

  /**
   * The import is owed before Meta is asked, so that a death in between forgets nobody, and begins after Meta's answer,
   * so that nobody leaves unseen between the list and the first webhook. Where Meta refuses it begins all the same, a
   * little later: the list is then all that tells of those who left.
   */
  private async subscribeAgain(page: ConnectedPage, address: PageAddress): Promise<string | null> {
    const { dataSource, graph, logger } = this.parts;
    if (this.notShown.has(page.id)) return whyNot(await graph.subscribeApp(address)) ?? NOT_SHOWN;
    const owed = await oweImports(dataSource, address.metaPageId);
    if (owed.length === 0) return null;
    const result = await graph.subscribeApp(address);
    if (result.kind !== 'ok') return whyNot(result);
    const imports = await beginImports(dataSource, address.metaPageId, owed);
    logger.warn(
      { page: page.id, imports },
      'Meta had stopped sending the webhooks of a Page: it is subscribed again, and its token list is imported',
    );
    const apps = await graph.readSubscribedApps(address);
    if (apps.kind !== 'ok' || this.showsOurs(apps.value)) return null;
    this.notShown.add(page.id);
    return NOT_SHOWN;
  }
}
