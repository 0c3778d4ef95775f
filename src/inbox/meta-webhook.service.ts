import { Inject, Injectable } from '@nestjs/common';
import { knownAppIds } from '../config/known-app-ids';
import type { HeraldConfig } from '../config/env';
import { crashPoint } from '../crash-points';
import { Problem } from '../errors/problem';
import { IngestDatabase } from '../http/databases';
import { HERALD_CONFIG } from '../http/herald-config';
import { inTransaction } from '../persistence/database';
import { isSameSecret } from '../security/constant-time';
import { Envelope } from '../security/envelope';
import { LookupHash } from '../security/lookup-hash';
import { isSignedByMeta } from '../security/meta-signature';
import type { MetaEvent } from '../webhooks/meta/meta-event';
import { parseMetaWebhook } from '../webhooks/meta/parse-webhook';
import { GroupCommit } from './group-commit';
import { ingest } from './ingest';

/** Meta's side of the API: signature first, parse second, answered once it is committed. */
@Injectable()
export class MetaWebhookService {
  private readonly group: GroupCommit<readonly MetaEvent[]>;
  private readonly appSecrets: readonly string[];

  constructor(
    @Inject(HERALD_CONFIG) private readonly config: HeraldConfig,
    database: IngestDatabase,
    envelope: Envelope,
    lookup: LookupHash,
  ) {
    const { appSecrets } = config.meta;
    this.appSecrets = appSecrets.map(({ secret }) => secret);
    const secrets = { envelope, lookup, appIds: knownAppIds(appSecrets) };
    this.group = new GroupCommit((requests) =>
      inTransaction(database.dataSource, (manager) => ingest(manager, requests, secrets)),
    );
  }

  /**
   * @returns the challenge
   * @throws Problem 403 when the token is another
   */
  verify(token: unknown, challenge: unknown): string {
    if (typeof token !== 'string' || !isSameSecret(token, this.config.meta.verifyToken)) {
      throw new Problem('WEBHOOK.VERIFY_TOKEN_INVALID');
    }
    return typeof challenge === 'string' ? challenge : '';
  }

  /** @throws Problem 401 for a missing or wrong signature, 400 for what is no JSON */
  async receive(rawBody: Buffer, signature: string | undefined): Promise<void> {
    if (!isSignedByMeta(rawBody, signature, this.appSecrets)) throw new Problem('AUTH.SIGNATURE_INVALID');
    const parsed = parseMetaWebhook(rawBody, Number.NaN);
    if (parsed.kind === 'not_json') {
      throw new Problem('BODY.UNREADABLE', { errors: [{ field: 'body', reason: 'is no valid JSON' }] });
    }
    if (parsed.events.every((event) => event.metaPageId === '')) return;
    await this.group.add(parsed.events);
    crashPoint('after-inbox-commit');
  }
}
