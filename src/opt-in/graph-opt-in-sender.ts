import type { OptInAnswer, OptInMessage, OptInSender } from '../../activities/subscriber.ports';
import { graphFailure } from '../graph-api/graph-failure';
import type { GraphClient } from '../graph-api/graph-client';

/** Asks through the Graph API; once, with every outcome a value. */
export class GraphOptInSender implements OptInSender {
  constructor(private readonly graph: Pick<GraphClient, 'sendOptInRequest'>) {}

  async send(message: OptInMessage): Promise<OptInAnswer> {
    const result = await this.graph.sendOptInRequest(
      {
        metaPageId: message.metaPageId,
        pageToken: message.pageToken,
        psid: message.psid,
        title: message.title,
        imageUrl: message.imageUrl ?? undefined,
        imageAspectRatio: aspectRatioOf(message),
        timeZone: message.timeZone ?? undefined,
        ctaText: message.ctaText ?? undefined,
        payload: message.payload,
      },
      { leaveBeforeMs: message.leaveBeforeMs },
    );
    switch (result.kind) {
      case 'ok':
        return { kind: 'asked' };
      case 'unknown':
        return { kind: 'unknown' };
      case 'not_sent':
        return { kind: 'not_sent' };
      case 'refused':
        return { kind: 'refused', ...graphFailure(result.error) };
    }
  }
}

const aspectRatioOf = ({ imageAspectRatio }: OptInMessage): 'HORIZONTAL' | 'SQUARE' | undefined =>
  imageAspectRatio === 'HORIZONTAL' || imageAspectRatio === 'SQUARE' ? imageAspectRatio : undefined;
