import { isOptOutText } from '../../domain/subscriber/opt-out-words';
import type { Envelope } from '../security/envelope';
import { uuidV7 } from '../security/uuid-v7';
import type { MetaEvent } from '../webhooks/meta/meta-event';
import type { ArrivedEvent } from './new-inbox-row';

/** One element of the argument of `apply_opt_outs`; binary values in hex. */
export interface OptOutEvent {
  readonly inboxId: string;
  readonly workspaceId: string;
  readonly pageId: string;
  readonly psidHash: string | null;
  readonly psidSealed: string | null;
  readonly tokenHash: string | null;
  /** Id of the person's row if this event makes it. */
  readonly newSubscriberId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly source: OptOutSource;
  readonly consentEventId: string;
  readonly wakeId: string;
  /** Id of the outbox row that tells Meta; null where Meta said it. */
  readonly unsubscribeId: string | null;
}

/** How the person said it: a word in the chat, or Meta's notice. */
type OptOutSource = 'word' | 'notice';

/** The opt-outs among new events, always in the same order, so that no two commits wait for each other. */
export function optOutsOf(arrived: readonly ArrivedEvent[], envelope: Envelope): OptOutEvent[] {
  return arrived
    .flatMap((one) => {
      const source = optOutSource(one);
      return source === undefined ? [] : [toOptOut(one, source, envelope)];
    })
    .sort((a, b) => compare(a.pageId + (a.psidHash ?? ''), b.pageId + (b.psidHash ?? '')));
}

function optOutSource({ event, page }: ArrivedEvent): OptOutSource | undefined {
  if (event.kind === 'opt_in_stop') return 'notice';
  return isOptOutWord(event, page.optOutWords) ? 'word' : undefined;
}

/** Whether somebody wrote one of the words that end their subscription. */
export const isOptOutWord = ({ kind, text }: MetaEvent, optOutWords: readonly string[]): boolean =>
  kind === 'message' && text !== undefined && isOptOutText(text, optOutWords);

function toOptOut({ id, page, event, keys }: ArrivedEvent, source: OptOutSource, envelope: Envelope): OptOutEvent {
  return {
    inboxId: id,
    workspaceId: page.workspaceId,
    pageId: page.pageId,
    psidHash: keys.psidHash ?? null,
    psidSealed:
      event.psid === undefined ? null : envelope.seal(event.psid, `subscribers.psid:${page.pageId}`).toString('hex'),
    tokenHash: keys.tokenHash ?? null,
    newSubscriberId: uuidV7(),
    at: new Date(event.eventAtMs).toISOString(),
    source,
    consentEventId: uuidV7(),
    wakeId: uuidV7(),
    unsubscribeId: source === 'word' ? uuidV7() : null,
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
