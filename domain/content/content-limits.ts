/** How long and how many the parts of a message may be. */
export interface ContentLimits {
  readonly text: number;
  readonly buttons: number;
  readonly buttonTitle: number;
  readonly cardTitle: number;
  readonly cards: number;
  readonly pictures: number;
  readonly products: number;
  readonly quickReplies: number;
  readonly quickReplyTitle: number;
  readonly payload: number;
}

/** Meta's limits by lane, edition of 2026; a paid message's text is shorter than an ordinary one's. */
export const CONTENT_LIMITS: Readonly<Record<'paid' | 'window', ContentLimits>> = {
  paid: limitsWithText(640),
  window: limitsWithText(2_000),
};

function limitsWithText(text: number): ContentLimits {
  return {
    text,
    buttons: 3,
    buttonTitle: 20,
    cardTitle: 80,
    cards: 10,
    pictures: 6,
    products: 10,
    quickReplies: 13,
    quickReplyTitle: 20,
    payload: 1_000,
  };
}
