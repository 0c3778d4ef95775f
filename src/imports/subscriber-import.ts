import type { EntityManager } from 'typeorm';
import { crashPoint } from '../crash-points';
import { describeError } from '../errors/describe-error';
import type { NotificationToken, TokenListQuestion } from '../graph-api/calls/notification-tokens';
import { inTransaction } from '../persistence/database';
import type { Round } from '../worker-loops/loop';
import { importPage } from './import-page';
import type { ImportCounts, ImportParts } from './import-ref';
import { listError, ListRefusedError } from './list-error';
import type { TakenImport } from './page-sync-lease';
import { endImport, LostImportError, putImportBack, renewImport, takeImport } from './page-sync-lease';
import { askForTokens, endVanished, missingTokens } from './vanished-tokens';

/** Wall clock. */
const LOOK_EVERY_MS = 200;

/**
 * Meta's list does not say how somebody came, but can be asked for those who came in one way: they are read first, so
 * that their rows are made with it. The last list is the whole one.
 */
const LISTS: readonly { readonly optInSource?: TokenListQuestion['optInSource']; readonly source?: string }[] = [
  { optInSource: 'CTM', source: 'ctm' },
  { optInSource: 'COMMENT_AUTOMATION', source: 'comment' },
  { optInSource: 'REPLY_AUTOMATION', source: 'reply' },
  {},
];

/** Takes over the token lists of Pages: page by page, streamed; one that was interrupted begins again. */
export class SubscriberImport {
  constructor(private readonly parts: ImportParts) {}

  /** One import, then a look for the next. */
  readonly round: Round = async () => {
    const taken = await takeImport(this.parts.dataSource);
    if (taken === null) return LOOK_EVERY_MS;
    await this.run(taken);
    return 0;
  };

  private async run(taken: TakenImport): Promise<void> {
    const { dataSource, logger } = this.parts;
    try {
      const pageToken = this.parts.envelope.open(taken.tokenSealed, `pages.token:${taken.pageId}`).toString('utf8');
      for (const list of LISTS) await this.readList(taken, pageToken, list);
      await this.readMissing(taken, pageToken);
      await endImport(dataSource, taken, null);
    } catch (error) {
      if (error instanceof LostImportError) return;
      logger.warn({ import: taken.id, error: describeError(error) }, 'An import was interrupted');
      if (error instanceof ListRefusedError) await endImport(dataSource, taken, error.message);
      else await putImportBack(dataSource, taken, error instanceof Error ? error.name : 'Error');
    }
  }

  /** Meta's cursors are short-lived and not kept: rows are upserts, so beginning again does no harm. */
  private async readList(
    taken: TakenImport,
    pageToken: string,
    { optInSource, source }: (typeof LISTS)[number],
  ): Promise<void> {
    const question = { metaPageId: taken.metaPageId, pageToken, optInSource };
    for await (const page of this.parts.graph.listNotificationTokens(question)) {
      if (page.kind === 'ok') await this.takeOver(taken, page.value.tokens, source);
      else if (page.kind !== 'refused' || optInSource === undefined) throw listError(page);
    }
  }

  private async takeOver(taken: TakenImport, tokens: readonly NotificationToken[], source?: string): Promise<void> {
    await this.renewing(taken, async (manager) => {
      const counts = await importPage(manager, this.parts, taken, tokens, source);
      return source === undefined ? counts : { ...counts, seen: 0 };
    });
    if (tokens.length > 0) crashPoint('in-sync-page');
  }

  /** Tokens that the whole list did not show: those that are still there were missed, the others have vanished. */
  private async readMissing(taken: TakenImport, pageToken: string): Promise<void> {
    const { dataSource } = this.parts;
    let missing = await missingTokens(dataSource.manager, taken, null);
    while (missing.length > 0) {
      const { there, vanished } = await askForTokens(this.parts, taken, pageToken, missing);
      await this.renewing(taken, async (manager) => {
        const counts = await importPage(manager, this.parts, taken, there);
        return { ...counts, gone: counts.gone + (await endVanished(manager, taken, vanished)) };
      });
      missing = await missingTokens(dataSource.manager, taken, missing.at(-1)?.id ?? null);
    }
  }

  /** Work and counts of a step commit together, and only while the import is this runner's. */
  private async renewing(taken: TakenImport, work: (manager: EntityManager) => Promise<ImportCounts>): Promise<void> {
    taken.lease = await inTransaction(this.parts.dataSource, async (manager) =>
      renewImport(manager, taken, await work(manager)),
    );
  }
}
