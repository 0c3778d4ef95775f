import { Injectable } from '@nestjs/common';
import { isTimeZone } from '../../domain/shared/local-time';
import type { FieldError } from '../errors/problem';
import { Problem } from '../errors/problem';
import { GraphClient } from '../graph-api/graph-client';
import type { GraphResult } from '../graph-api/graph-result';
import type { ConnectPageRequestDto } from './dto/connect-page-request.dto';

/** What a Page's row says of it beyond its tokens. */
export interface PageFacts {
  readonly name: string;
  readonly country: string;
  readonly currency: string;
  readonly timeZone: string;
  /** Without `act_`. */
  readonly adAccountId: string | null;
}

type Known = { readonly [Fact in keyof PageFacts]?: PageFacts[Fact] | undefined };

/** The part of connecting a Page that Meta decides. */
@Injectable()
export class PageAtMeta {
  constructor(private readonly graph: GraphClient) {}

  /** Reads what the request leaves out. @throws Problem 422 naming what Meta does not tell either */
  async complete(body: ConnectPageRequestDto): Promise<PageFacts> {
    const adAccountId = body.adAccountId?.replace(/^act_/, '') ?? null;
    const page = await this.pageOf(body);
    const account = await this.accountOf(body, adAccountId, page);
    const known: Known = {
      name: body.name ?? page.name,
      country: body.country ?? page.country ?? account.country,
      currency: body.currency ?? account.currency,
      timeZone: body.timeZone ?? account.timeZone,
      adAccountId,
    };
    return requireAll(known);
  }

  /** Subscribes the app to the Page's webhooks. */
  async subscribe({ metaPageId, pageToken }: ConnectPageRequestDto): Promise<void> {
    valueOf(await this.graph.subscribeApp({ metaPageId, pageToken }));
  }

  private async pageOf(body: ConnectPageRequestDto): Promise<Known> {
    if (body.name !== undefined && body.country !== undefined) return {};
    const { name, country } = valueOf(await this.graph.readPage(body));
    return { name, country };
  }

  private async accountOf(body: ConnectPageRequestDto, adAccountId: string | null, page: Known): Promise<Known> {
    const isComplete = body.currency && body.timeZone && (body.country ?? page.country);
    const { systemUserToken } = body;
    if (isComplete || adAccountId === null || systemUserToken === undefined) return {};
    const { currency, timeZone, country } = valueOf(await this.graph.readAdAccount({ adAccountId, systemUserToken }));
    return { currency, country, timeZone: timeZone !== undefined && isTimeZone(timeZone) ? timeZone : undefined };
  }
}

function requireAll({ name, country, currency, timeZone, adAccountId = null }: Known): PageFacts {
  if (name !== undefined && country !== undefined && currency !== undefined && timeZone !== undefined) {
    return { name, country, currency, timeZone, adAccountId };
  }
  const missing = Object.entries({ name, country, currency, timeZone }).filter(([, value]) => value === undefined);
  const reason = 'must be given: Meta does not tell it, or adAccountId and systemUserToken are needed to read it';
  throw Problem.fields(...missing.map(([field]): FieldError => ({ field, reason })));
}

/** @throws Problem 422 with Meta's code when Meta refuses, 502 when there is no telling */
function valueOf<T>(result: GraphResult<T>): T {
  if (result.kind === 'ok') return result.value;
  if (result.kind !== 'refused')
    throw new Problem('META.UNREACHABLE', { detail: `No usable answer: ${result.reason}.` });
  const { code, subcode, userTitle } = result.error;
  throw new Problem('META.REFUSED', {
    detail: `Meta refuses with code ${code}${userTitle === undefined ? '' : `: ${userTitle}`}.`,
    facts: { metaCode: code, ...(subcode !== undefined && { metaSubcode: subcode }) },
  });
}
