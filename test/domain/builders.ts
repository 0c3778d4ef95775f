import type { BudgetFacts, CampaignFacts, PageFacts, PersonFacts, SendFacts } from '../../domain/delivery/send-facts';

/** The moment most examples are judged at: a Sunday, 10:00 UTC. */
export const NOW = Date.parse('2026-11-22T10:00:00Z');

/** Milliseconds of an ISO time. */
export function ms(time: string): number {
  return Date.parse(time);
}

interface SendChanges extends Partial<Omit<SendFacts, 'campaign' | 'page' | 'person' | 'budget' | 'content'>> {
  campaign?: Partial<CampaignFacts>;
  page?: Partial<PageFacts>;
  person?: Partial<PersonFacts>;
  budget?: Partial<BudgetFacts> | null;
  content?: Partial<SendFacts['content']>;
}

/** A running campaign of a Page in Singapore. */
function aCampaign(changes: Partial<CampaignFacts> = {}): CampaignFacts {
  return {
    state: 'active',
    reason: null,
    hidden: false,
    startAtMs: ms('2026-11-20T00:00:00Z'),
    endAtMs: ms('2026-11-25T00:00:00Z'),
    readyAtMs: ms('2026-11-20T01:00:00Z'),
    ...changes,
  };
}

/** A Messenger Page that nobody restricts. */
export function aPage(changes: Partial<PageFacts> = {}): PageFacts {
  return {
    restriction: null,
    platform: 'messenger',
    country: 'SG',
    timeZone: 'Asia/Singapore',
    oneMessagePerLocalDay: true,
    ...changes,
  };
}

/** Someone who opted in and may be written to. */
export function aPerson(changes: Partial<PersonFacts> = {}): PersonFacts {
  return {
    consent: 'granted',
    consentAtMs: ms('2026-11-01T08:00:00Z'),
    token: { state: 'active', lane: 'paid', expiresAtMs: null },
    paidSlotUntilMs: null,
    metaPaidUntilMs: null,
    metaPaidRule: null,
    windowUntilMs: null,
    timeZone: null,
    region: null,
    ...changes,
  };
}

/** A paid message against which nothing speaks. */
export function aSend(changes: SendChanges = {}): SendFacts {
  const budget: BudgetFacts = {
    kind: 'lifetime',
    remainingMinor: 10_000,
    unitCostMinor: 100,
    currency: 'USD',
    nextBudgetDayAtMs: null,
  };
  return {
    lane: 'paid',
    alreadyChosen: false,
    whenSlotTaken: 'hold',
    whenBudgetUsedUp: 'refuse',
    ...changes,
    campaign: aCampaign(changes.campaign),
    page: aPage(changes.page),
    person: aPerson(changes.person),
    content: { purpose: 'promotional', problem: null, ...changes.content },
    budget: changes.budget === null ? null : { ...budget, ...changes.budget },
  };
}

/** A message in the window, of the Page's hidden campaign. */
export function aWindowSend(changes: SendChanges = {}): SendFacts {
  return aSend({
    lane: 'window',
    ...changes,
    campaign: { hidden: true, ...changes.campaign },
    person: { consent: 'none', consentAtMs: null, token: null, windowUntilMs: NOW + 1, ...changes.person },
    budget: null,
  });
}
