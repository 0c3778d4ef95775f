import type { DataSource, EntityManager } from 'typeorm';
import type { SubscriberIds, TokenHandle, TokenStore } from '../../activities/subscriber.ports';
import { crashPoint } from '../crash-points';
import { lockPeople } from '../ledger/people';
import { inTransaction } from '../persistence/database';
import type { Envelope } from '../security/envelope';
import type { LookupHash } from '../security/lookup-hash';
import { applyOptIn } from './apply-opt-in';
import { fulfilRequests } from './fulfil-requests';
import type { StoredOptIn } from './stored-opt-in';
import { emptyOptIn, readOptIn } from './stored-opt-in';
import type { TokenPlace } from './token-row';
import { activeToken, keepToken, ownerOfToken } from './token-row';

/** Moves tokens from the inbox into `subscriber_tokens`, together with the consent they prove (protocol §7.3). */
export class PostgresTokenStore implements TokenStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly envelope: Envelope,
    private readonly lookup: LookupHash,
  ) {}

  async store(ids: SubscriberIds, inboxId: string): Promise<TokenHandle | null> {
    const token = await inTransaction(this.dataSource, async (manager) => {
      const optIn = await readOptIn(manager, this.envelope, ids, inboxId);
      const place = optIn === null ? null : await this.placeOf(manager, ids, optIn);
      const people = new Set([ids.subscriberId, place?.owner ?? ids.subscriberId]);
      await lockPeople(manager, ids.workspaceId, [...people]);
      if (optIn !== null) await this.apply(manager, ids, optIn, place);
      return activeToken(manager, ids);
    });
    crashPoint('after-token-stored');
    return token;
  }

  /** A token that stands with somebody else moves, so both rows are locked, in the order of their ids. */
  private async placeOf(
    manager: EntityManager,
    ids: SubscriberIds,
    { token }: StoredOptIn,
  ): Promise<TokenPlace | null> {
    if (token === null) return null;
    const hash = this.lookup.of('token', token, ids.pageId);
    return { token, hash, owner: await ownerOfToken(manager, ids, hash) };
  }

  private async apply(
    manager: EntityManager,
    ids: SubscriberIds,
    optIn: StoredOptIn,
    place: TokenPlace | null,
  ): Promise<void> {
    if (!(await emptyOptIn(manager, ids, optIn.inboxId))) return;
    const { counts, isNewest } = await applyOptIn(manager, ids, optIn);
    if (!counts) return;
    await keepToken(manager, this.envelope, ids, { place, isNewest, expiresAtMs: optIn.expiresAtMs });
    await fulfilRequests(manager, ids, optIn.topicId);
  }
}
