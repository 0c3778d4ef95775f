import type { SendReason } from '../../domain/delivery/send-reasons';
import type { JsonObject } from '../../domain/content/json';
import { renderContent } from '../../domain/content/render-content';
import { crashPoint } from '../crash-points';
import type { SendOptions } from '../graph-api/exchange';
import type { GraphClient } from '../graph-api/graph-client';
import { graphFailure } from '../graph-api/graph-failure';
import type { GraphResult } from '../graph-api/graph-result';
import type { Envelope } from '../security/envelope';
import { EnvelopeError } from '../security/envelope';
import type { BegunSend } from './begin';
import type { CampaignRecord } from './campaign-record';
import type { ContentStore } from './content-store';
import type { SendOutcome } from './settle';

/** Until when the first byte leaves or none does, and who hears that it leaves. */
export type Leaving = Required<SendOptions>;

/** Sends one begun message by its lane and says what became of it; never throws, never tries twice. */
export class MessageSender {
  /** A slice shares the token of its Page, which is opened once for it; it is forgotten with the slice. */
  private readonly opened = new WeakMap<Buffer, string>();

  constructor(
    private readonly graph: GraphClient,
    private readonly envelope: Envelope,
    private readonly contents: Pick<ContentStore, 'variablesOf'>,
  ) {}

  async send(begun: BegunSend, campaign: CampaignRecord, leaving: Leaving): Promise<SendOutcome> {
    const call = this.prepare(begun, campaign);
    if (typeof call === 'string') return { kind: 'unsendable', reason: call };
    try {
      const outcome = await call(leaving);
      crashPoint('after-answer');
      return outcome;
    } catch {
      return { kind: 'unknown', reason: 'internal' };
    }
  }

  /** Opens what the call needs. @returns what is missing where something is: nothing has left then */
  private prepare(begun: BegunSend, campaign: CampaignRecord): Call | SendReason {
    if (begun.content === null) return 'content_missing';
    try {
      const { message, missing } = renderContent(begun.content, this.contents.variablesOf(begun.row), begun.row.lane);
      if (missing.length > 0) return 'content_variable_missing';
      const call =
        begun.row.lane === 'paid' ? this.paid(begun, campaign, message) : this.ordinary(begun, campaign, message);
      return call ?? 'address_missing';
    } catch (error) {
      return error instanceof EnvelopeError ? 'cannot_be_decrypted' : 'cannot_be_read';
    }
  }

  private paid(
    { address }: BegunSend,
    { page, pageId, metaCampaignId }: CampaignRecord,
    message: JsonObject,
  ): Call | null {
    const { adAccountId, systemUserTokenSealed } = page;
    if (
      address.tokenSealed === null ||
      adAccountId === null ||
      systemUserTokenSealed === null ||
      metaCampaignId === null
    )
      return null;
    const send = {
      adAccountId,
      systemUserToken: this.openShared(systemUserTokenSealed, `pages.system_user_token:${pageId}`),
      metaCampaignId,
      subscriptionToken: this.open(address.tokenSealed, `subscriber_tokens.token:${pageId}`),
      message,
    };
    return async (leaving) => {
      const result = await this.graph.sendMarketingMessage(send, leaving);
      return outcomeOf(result, ({ trackingId }) => trackingId);
    };
  }

  private ordinary({ row, address }: BegunSend, { page, pageId }: CampaignRecord, message: JsonObject): Call | null {
    if (address.psidSealed === null) return null;
    const send = {
      metaPageId: page.metaPageId,
      pageToken: this.openShared(page.tokenSealed, `pages.token:${pageId}`),
      psid: this.open(address.psidSealed, `subscribers.psid:${pageId}`),
      message,
      messagingType: row.purpose === 'human_reply' ? ('RESPONSE' as const) : ('UPDATE' as const),
    };
    return async (leaving) => {
      const result = await this.graph.sendMessage(send, leaving);
      return outcomeOf(result, ({ mid }) => mid);
    };
  }

  private openShared(sealed: Buffer, associatedData: string): string {
    const known = this.opened.get(sealed);
    if (known !== undefined) return known;
    const token = this.open(sealed, associatedData);
    this.opened.set(sealed, token);
    return token;
  }

  private open(sealed: Buffer, associatedData: string): string {
    return this.envelope.open(sealed, associatedData).toString();
  }
}

/** A call that is ready to leave. */
type Call = (leaving: Leaving) => Promise<SendOutcome>;

/** @param idOf - Meta's id of the message; Meta may leave it out */
function outcomeOf<T>(result: GraphResult<T>, idOf: (receipt: T) => string | undefined): SendOutcome {
  switch (result.kind) {
    case 'ok':
      return { kind: 'accepted', trackingId: idOf(result.value) ?? null };
    case 'not_sent':
      return { kind: 'not_sent', reason: result.reason };
    case 'unknown':
      return { kind: 'unknown', reason: result.reason };
    case 'refused':
      return { kind: 'refused', failure: graphFailure(result.error) };
  }
}
